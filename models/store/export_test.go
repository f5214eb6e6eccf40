package store

// Read lets tests send a read of their own where lists go.
var Read = (*Store).read
