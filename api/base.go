package api

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// BaseURL is where the server is for the client of a request: scheme, host and perhaps the path of a proxy, without a
// slash at the end. It is Settings.PublicURL when given; else what a trusted proxy says in X-Forwarded-Proto, -Host and
// -Prefix or in Forwarded (RFC 7239); else the host the request was sent to. It is "" outside a request and for one
// without a host, which makes links relative.
//
// Without PublicURL the host is the client's word, checked for its form only: give PublicURL where a shared cache that does
// not tell hosts apart stands in front.
func BaseURL(ctx context.Context) string {
	r := requestFrom(ctx)
	if r.public != "" || r.http == nil {
		return r.public
	}
	scheme, host, prefix := "http", r.http.Host, ""
	if r.http.TLS != nil {
		scheme = "https"
	}
	if r.proxies.trusts(r.http.RemoteAddr) {
		f := forwardedFrom(r.http.Header)
		if strings.EqualFold(f.proto, "https") || strings.EqualFold(f.proto, "http") {
			scheme = strings.ToLower(f.proto)
		}
		if f.host != "" && validHost(f.host) {
			host = f.host
		}
		if validPrefix(f.prefix) {
			prefix = strings.TrimRight(f.prefix, "/")
		}
	}
	if host == "" {
		return ""
	}
	return scheme + "://" + host + prefix
}

type forwarded struct{ proto, host, prefix string }

// forwardedFrom reads what the nearest proxy said: the last value of each header, since one that appends may have passed
// on what a client made up. Forwarded counts only beside no X-Forwarded header, for a proxy that writes one passes the
// other through.
func forwardedFrom(h http.Header) forwarded {
	last := func(name string) string {
		lines := h[name]
		if len(lines) == 0 {
			return ""
		}
		line := lines[len(lines)-1]
		return strings.Trim(line[strings.LastIndexByte(line, ',')+1:], " \t")
	}
	f := forwarded{proto: last("X-Forwarded-Proto"), host: last("X-Forwarded-Host"), prefix: last("X-Forwarded-Prefix")}
	if f.proto != "" || f.host != "" || len(h["X-Forwarded-For"]) > 0 {
		return f
	}
	for pair := range strings.SplitSeq(last("Forwarded"), ";") {
		name, value, _ := strings.Cut(strings.Trim(pair, " \t"), "=")
		value = strings.Trim(value, `"`)
		switch {
		case strings.EqualFold(name, "proto"):
			f.proto = value
		case strings.EqualFold(name, "host"):
			f.host = value
		}
	}
	return f
}

// validHost reports whether a Host is a name or address with perhaps a port, of the characters those are made of.
func validHost(host string) bool {
	if len(host) > 261 { // 255 of a name, a colon and a port
		return false
	}
	name, port := host, ""
	if strings.HasPrefix(host, "[") {
		end := strings.IndexByte(host, ']')
		if end < 0 {
			return false
		}
		if a, err := netip.ParseAddr(host[1:end]); err != nil || !a.Is6() || a.Zone() != "" {
			return false
		}
		name, port = "", host[end+1:]
	} else if colon := strings.IndexByte(host, ':'); colon >= 0 {
		name, port = host[:colon], host[colon:]
		if name == "" {
			return false
		}
	}
	for i := range len(name) {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '.', c == '-', c == '_':
		default:
			return false
		}
	}
	if port == "" {
		return true
	}
	if port[0] != ':' || len(port) > 6 {
		return false
	}
	for i := 1; i < len(port); i++ {
		if port[i] < '0' || port[i] > '9' {
			return false
		}
	}
	return true
}

func validPrefix(prefix string) bool {
	if !strings.HasPrefix(prefix, "/") || strings.Contains(prefix, "//") || strings.Contains(prefix, "..") {
		return false
	}
	for i := range len(prefix) {
		switch c := prefix[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("/._~-", c) >= 0:
		default:
			return false
		}
	}
	return true
}

// validPublicURL reports whether text is what BaseURL may return.
func validPublicURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && validHost(u.Host) && u.Host != "" && u.User == nil &&
		u.RawQuery == "" && u.Fragment == "" && (u.Path == "" || validPrefix(u.Path) && !strings.HasSuffix(u.Path, "/"))
}

// proxies are the addresses whose word about the client is taken.
type proxies []netip.Prefix

// newProxies reads addresses and CIDR ranges that the engine has accepted.
func newProxies(list []string) proxies {
	var out proxies
	for _, text := range list {
		if p, err := netip.ParsePrefix(text); err == nil {
			out = append(out, p.Masked())
		} else if a, err := netip.ParseAddr(text); err == nil {
			out = append(out, netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()))
		}
	}
	return out
}

func (p proxies) trusts(remote string) bool {
	if len(p) == 0 {
		return false
	}
	peer, err := netip.ParseAddrPort(remote)
	if err != nil {
		return false
	}
	a := peer.Addr().Unmap().WithZone("")
	for _, prefix := range p {
		if prefix.Contains(a) {
			return true
		}
	}
	return false
}
