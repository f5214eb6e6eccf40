package api

import "context"

func BaseURL(ctx context.Context) string { return "" }
