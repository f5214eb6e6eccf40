package ogc_test

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"wolnica/api"
	"wolnica/api/apitest"
)

// Clients that do not read the pages they asked for must not keep the lists from everybody else.
func TestSlowReadersKeepNobodyOut(t *testing.T) {
	s := apitest.New(t)
	fill(t, s, 8_000)
	for range api.DefaultBounds()[api.Heavy].Places + 2 {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if err := conn.(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Fprintf(conn, "GET %s?limit=10000 HTTP/1.1\r\nHost: localhost\r\n\r\n", places); err != nil {
			t.Fatal(err)
		}
	}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(200 * time.Millisecond) {
		if s.Anonymous().Get("/api/v1/places?limit=1").Status == http.StatusOK {
			metrics := string(s.Anonymous().Get("/metrics").Body)
			if strings.Contains(metrics, `wolnica_http_class_in_flight{class="heavy"} 0`) {
				return
			}
		}
		if time.Now().After(deadline) {
			t.Fatal("slow readers still hold the places of heavy requests")
		}
	}
}
