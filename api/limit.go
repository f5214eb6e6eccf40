package api

import (
	"container/list"
	"math"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/time/rate"

	"wolnica/models"
)

// Limiter lets each key (a client's address, or an account's name) do something only so often. It remembers a bounded
// number of keys; when full it forgets the one not seen for longest, and every key once its allowance is whole again.
type Limiter struct {
	every time.Duration
	burst int
	size  int
	now   func() time.Time

	mu     sync.Mutex
	keys   map[string]*list.Element
	recent *list.List
}

type limited struct {
	key     string
	limiter *rate.Limiter
	seen    time.Time
}

// NewLimiter allows burst tries at once and one more after every period, for up to size keys.
func NewLimiter(every time.Duration, burst, size int) *Limiter {
	return &Limiter{every: every, burst: burst, size: size, now: time.Now, keys: map[string]*list.Element{}, recent: list.New()}
}

// Allow takes one try of a key. When none is left, ok is false and wait says when the next one comes.
func (l *Limiter) Allow(key string) (wait time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	for oldest := l.recent.Back(); oldest != nil; oldest = l.recent.Back() {
		entry := oldest.Value.(*limited)
		whole := now.Sub(entry.seen) >= l.every*time.Duration(l.burst)
		if !whole && (l.recent.Len() < l.size || l.keys[key] != nil) {
			break
		}
		l.recent.Remove(oldest)
		delete(l.keys, entry.key)
	}
	element := l.keys[key]
	if element == nil {
		element = l.recent.PushFront(&limited{key: key, limiter: rate.NewLimiter(rate.Every(l.every), l.burst)})
		l.keys[key] = element
	}
	l.recent.MoveToFront(element)
	entry := element.Value.(*limited)
	entry.seen = now
	if entry.limiter.AllowN(now, 1) {
		return 0, true
	}
	missing := 1 - entry.limiter.TokensAt(now)
	return time.Duration(missing * float64(l.every)), false
}

// Handler refuses a client that tries too often with a rate_limited problem and Retry-After; see Route.With.
func (l *Limiter) Handler() gin.HandlerFunc {
	return func(c *gin.Context) {
		wait, ok := l.Allow(clientKey(c.ClientIP()))
		if !ok {
			FailLimited(c, wait)
			return
		}
		c.Next()
	}
}

// FailLimited answers that the client should wait.
func FailLimited(c *gin.Context, wait time.Duration) {
	seconds := strconv.Itoa(max(1, int(math.Ceil(wait.Seconds()))))
	c.Header("Retry-After", seconds)
	Fail(c, models.NewError(models.CodeRateLimited, "Za dużo prób. Spróbuj ponownie za "+seconds+" s.",
		"Too many tries. Try again in "+seconds+" s."))
}

// clientOf is the key of a request's client. Without a proxy to ask, the connection says it, and nothing is parsed twice.
func clientOf(c *gin.Context, proxies proxies) string {
	if len(proxies) > 0 {
		return clientKey(c.ClientIP())
	}
	peer, err := netip.ParseAddrPort(c.Request.RemoteAddr)
	if err != nil {
		return c.Request.RemoteAddr
	}
	bytes := peer.Addr().Unmap().As16()
	if peer.Addr().Unmap().Is6() {
		return string(bytes[:8])
	}
	return string(bytes[:])
}

// clientKey makes one key of an IPv6 /64, which one client usually owns whole.
func clientKey(ip string) string {
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	addr = addr.Unmap()
	if addr.Is6() {
		if p, err := addr.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return addr.String()
}
