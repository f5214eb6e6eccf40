package media

import (
	"errors"
	"fmt"
	"image/jpeg"
	"image/png"
	"syscall"

	"wolnica/models"
)

// malformed is a file that breaks the rules of its own format.
type malformed string

func (m malformed) Error() string { return string(m) }

// variant is a correct file in a form of its format that cannot be shown here, such as an animation.
type variant string

func (v variant) Error() string { return string(v) }

func errTooLarge(limit int64) error {
	size := fmt.Sprintf("%d B", limit)
	if limit >= 1<<20 {
		size = fmt.Sprintf("%d MiB", limit>>20)
	}
	return models.NewError(models.CodeTooLarge,
		"Plik jest za duży. Największy, jaki przyjmujemy, ma "+size+".",
		"The file is too large. The largest that is taken has "+size+".")
}

func errUnsupported() error {
	return models.NewError(models.CodeUnsupportedMedia,
		"Nie przyjmujemy plików tego rodzaju. Przyjmujemy zdjęcia JPEG, PNG i WebP oraz dokumenty PDF.",
		"Files of this kind are not taken. JPEG, PNG and WebP pictures and PDF documents are.")
}

func errVariant(cause error) error {
	e := models.NewError(models.CodeUnsupportedMedia,
		"Nie przyjmujemy tej odmiany pliku, na przykład animacji. Zapisz obraz jako zwykły JPEG albo PNG.",
		"This variant of the format, such as an animation, is not taken. Save the picture as an ordinary JPEG or PNG.")
	e.Err = cause
	return e
}

func errBroken(t Type, cause error) error {
	e := models.NewError(models.CodeInvalid,
		"Nie można otworzyć tego obrazu: plik jest uszkodzony albo niepełny. Zapisz go jeszcze raz i prześlij ponownie.",
		"This picture cannot be opened: the file is damaged or incomplete. Save it again and upload it once more.")
	if t == PDF {
		e.Message = models.Text{
			PL: "Ten dokument PDF jest uszkodzony albo niepełny. Zapisz go jeszcze raz i prześlij ponownie.",
			EN: "This PDF document is damaged or incomplete. Save it again and upload it once more.",
		}
	}
	e.Err = cause
	return e
}

func errTooManyPixels(width, height, limit int) error {
	m := limit / 1_000_000
	return models.NewError(models.CodeTooLarge,
		fmt.Sprintf("Obraz ma za dużo pikseli: %d × %d. W tym zapisie przyjmujemy do %d milionów pikseli i do %d na bok.",
			width, height, m, maxSide),
		fmt.Sprintf("The picture has too many pixels: %d × %d. Saved this way, up to %d million pixels and %d a side are taken.",
			width, height, m, maxSide))
}

// refusal turns what went wrong while a file of type t was examined into words for the sender, where it was the file's
// fault; any other error is returned as it is.
func refusal(t Type, err error) error {
	var bad malformed
	var odd variant
	var oddJPEG jpeg.UnsupportedError
	var oddPNG png.UnsupportedError
	switch {
	case errors.As(err, &bad):
		return errBroken(t, err)
	case errors.As(err, &odd), errors.As(err, &oddJPEG), errors.As(err, &oddPNG):
		return errVariant(err)
	}
	return err
}

// diskFault gives an error caused by a full disk or an exhausted quota its own words; any other is returned as it is.
func diskFault(err error) error {
	if !errors.Is(err, syscall.ENOSPC) && !errors.Is(err, syscall.EDQUOT) {
		return err
	}
	e := models.NewError(models.CodeUnavailable,
		"Na serwerze zabrakło miejsca na pliki. Pliku nie zapisano. Powiadom administratora i spróbuj później.",
		"The server has run out of room for files. The file was not saved. Tell the administrator and try later.")
	e.Err = err
	return e
}
