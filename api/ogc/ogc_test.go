package ogc_test

import (
	"os"
	"testing"

	"wolnica/models/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }
