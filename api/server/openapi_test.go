package server_test

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"wolnica/api/apitest"
	"wolnica/api/server"
	"wolnica/models"
)

var update = flag.Bool("update", false, "write the golden files")

// clientDocument is what the interface's client of the API is made from, as `wolnica openapi --lang en` writes it.
const clientDocument = "../../mapui/src/api/openapi.json"

func TestTheClientIsMadeFromTheDocumentOfTheAPI(t *testing.T) {
	document, err := server.OpenAPI(models.English)
	if err != nil {
		t.Fatal(err)
	}
	document = append(document, '\n')
	if *update {
		if err := os.WriteFile(clientDocument, document, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(clientDocument)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept, document) {
		t.Errorf("%s is not the document of this API: run this test with -update, and then make the client anew", clientDocument)
	}
}

func TestTheDocumentWithoutADatabaseIsTheOneServed(t *testing.T) {
	s := apitest.New(t)
	for _, lang := range []models.Language{models.Polish, models.English} {
		document, err := server.OpenAPI(lang)
		if err != nil {
			t.Fatal(err)
		}
		own, served := []byte(`"version": "1"`), []byte(`"version": "test"`)
		if bytes.Count(document, own) != 1 {
			t.Fatalf("got %d versions in the document, want 1", bytes.Count(document, own))
		}
		if got := s.Anonymous().Get("/api/v1/openapi.json?lang=" + string(lang)).Want(200).Body; !bytes.Equal(got, bytes.Replace(document, own, served, 1)) {
			t.Errorf("in %s: the document is not the one served, but for the version", lang)
		}
	}
}
