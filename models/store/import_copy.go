package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"wolnica/models"
)

// copyRows collects rows in PostgreSQL's binary COPY format: nothing is reflected on or converted per value, which is
// what an import of a large file spends its time on otherwise. Columns are added in the order of the COPY statement.
type copyRows struct {
	columns int16
	rows    int
	data    []byte
}

var (
	copyHeader  = []byte("PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00")
	copyTrailer = []byte{0xff, 0xff}
)

// textOID is the type number of text, which arrays carry.
const textOID = 25

func (c *copyRows) reset() { c.rows, c.data = 0, c.data[:0] }

// begin starts a row; exactly as many values as the table has columns must follow.
func (c *copyRows) begin() {
	if c.rows == 0 {
		c.data = append(c.data[:0], copyHeader...)
	}
	c.rows++
	c.data = binary.BigEndian.AppendUint16(c.data, uint16(c.columns))
}

func (c *copyRows) null() { c.data = append(c.data, 0xff, 0xff, 0xff, 0xff) }

func (c *copyRows) text(s string) {
	c.data = binary.BigEndian.AppendUint32(c.data, uint32(len(s)))
	c.data = append(c.data, s...)
}

func (c *copyRows) bytes(b []byte) {
	c.data = binary.BigEndian.AppendUint32(c.data, uint32(len(b)))
	c.data = append(c.data, b...)
}

func (c *copyRows) int4(n int) {
	c.data = binary.BigEndian.AppendUint32(c.data, 4)
	c.data = binary.BigEndian.AppendUint32(c.data, uint32(int32(n)))
}

func (c *copyRows) int8(n int64) {
	c.data = binary.BigEndian.AppendUint32(c.data, 8)
	c.data = binary.BigEndian.AppendUint64(c.data, uint64(n))
}

func (c *copyRows) optionalInt8(n *int64) {
	if n == nil {
		c.null()
		return
	}
	c.int8(*n)
}

func (c *copyRows) float8(f float64) {
	c.data = binary.BigEndian.AppendUint32(c.data, 8)
	c.data = binary.BigEndian.AppendUint64(c.data, math.Float64bits(f))
}

func (c *copyRows) boolean(b bool) {
	c.data = binary.BigEndian.AppendUint32(c.data, 1)
	if b {
		c.data = append(c.data, 1)
		return
	}
	c.data = append(c.data, 0)
}

// postgresEpoch is what binary dates and timestamps count from.
var postgresEpoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func (c *copyRows) timestamp(t time.Time) {
	c.int8(t.Sub(postgresEpoch).Microseconds())
}

func (c *copyRows) date(d models.Date) {
	c.int4(int((d.Unix() - postgresEpoch.Unix()) / 86400))
}

// texts writes a text[].
func (c *copyRows) texts(list []string) {
	at := len(c.data)
	c.data = append(c.data, 0, 0, 0, 0)
	dimensions := uint32(1)
	if len(list) == 0 {
		dimensions = 0
	}
	c.data = binary.BigEndian.AppendUint32(c.data, dimensions)
	c.data = binary.BigEndian.AppendUint32(c.data, 0)
	c.data = binary.BigEndian.AppendUint32(c.data, textOID)
	if dimensions > 0 {
		c.data = binary.BigEndian.AppendUint32(c.data, uint32(len(list)))
		c.data = binary.BigEndian.AppendUint32(c.data, 1)
		for _, s := range list {
			c.text(s)
		}
	}
	binary.BigEndian.PutUint32(c.data[at:], uint32(len(c.data)-at-4))
}

// beginJSON starts a jsonb value that endJSON ends; between them the JSON is appended to data.
func (c *copyRows) beginJSON() int {
	at := len(c.data)
	c.data = append(c.data, 0, 0, 0, 0, 1) // the 1 is jsonb's format
	return at
}

func (c *copyRows) endJSON(at int) {
	binary.BigEndian.PutUint32(c.data[at:], uint32(len(c.data)-at-4))
}

// send copies the rows with a COPY … FROM STDIN BINARY statement and empties the buffer.
func (c *copyRows) send(ctx context.Context, tx pgx.Tx, sql string) error {
	if c.rows == 0 {
		return nil
	}
	rows := c.rows
	c.data = append(c.data, copyTrailer...)
	tag, err := tx.Conn().PgConn().CopyFrom(ctx, bytes.NewReader(c.data), sql)
	c.reset()
	if err != nil {
		return err
	}
	if tag.RowsAffected() != int64(rows) {
		return fmt.Errorf("copied %d rows of %d", tag.RowsAffected(), rows)
	}
	return nil
}
