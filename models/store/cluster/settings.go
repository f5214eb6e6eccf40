package cluster

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
)

const megabyte = int64(1 << 20)

// settings is the server's configuration for a machine with so many bytes of memory. The process beside the server
// keeps the map index in memory, so the server takes an eighth of it.
func settings(memory int64, socket string, throwaway bool) string {
	part := func(divisor, low, high int64) string {
		return fmt.Sprintf("%dMB", min(max(memory/divisor/megabyte, low), high))
	}
	list := `"` + strings.ReplaceAll(socket, `"`, `""`) + `"`
	values := [][2]string{
		{"listen_addresses", ""},
		{"port", strconv.Itoa(port)},
		{"unix_socket_directories", list},
		{"unix_socket_permissions", "0700"},
		{"max_connections", "100"},
		{"shared_buffers", part(8, 64, 2048)},
		{"effective_cache_size", part(2, 256, 65536)},
		{"work_mem", part(512, 8, 64)},
		{"maintenance_work_mem", part(32, 64, 512)},
		{"jit", "off"},
		{"random_page_cost", "1.1"},
		{"wal_level", "replica"},
		{"wal_compression", "on"},
		{"min_wal_size", "256MB"},
		{"max_wal_size", "2GB"},
		{"synchronous_commit", "on"},
		{"timezone", "UTC"},
		{"log_timezone", "UTC"},
		{"logging_collector", "off"},
		{"log_checkpoints", "off"},
		{"log_line_prefix", "%m [%p] "},
	}
	if runtime.GOOS == "linux" { // needs posix_fadvise
		values = append(values, [2]string{"effective_io_concurrency", "200"})
	}
	if throwaway {
		values = append(values, [][2]string{
			{"fsync", "off"},
			{"full_page_writes", "off"},
			{"synchronous_commit", "off"},
			{"shared_buffers", "64MB"},
			{"max_connections", "200"},
			{"autovacuum", "off"},
		}...)
	}
	var b strings.Builder
	for _, v := range values {
		fmt.Fprintf(&b, "%s = '%s'\n", v[0], strings.NewReplacer(`'`, `''`, `\`, `\\`).Replace(v[1]))
	}
	return b.String()
}

// machineMemory is the memory we may use, in bytes: the machine's or the control group's, whichever is less. Where
// neither tells it is 2 GB.
func machineMemory() int64 {
	memory := int64(2 << 30)
	if f, err := os.Open("/proc/meminfo"); err == nil {
		defer f.Close()
		for s := bufio.NewScanner(f); s.Scan(); {
			if fields := strings.Fields(s.Text()); len(fields) >= 2 && fields[0] == "MemTotal:" {
				if kb, err := strconv.ParseInt(fields[1], 10, 64); err == nil {
					memory = kb << 10
				}
			}
		}
	}
	for _, limit := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		b, err := os.ReadFile(limit)
		if err != nil {
			continue
		}
		if n, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64); err == nil && n > 0 {
			memory = min(memory, n)
		}
	}
	return memory
}
