// Package media keeps the uploaded files of the registry: photographs of places and scanned decisions.
//
// What lives here: telling what a file is by its content, removing what it says about its author, the folder of
// content-addressed files, the smaller renditions of pictures, and the removal of files nobody refers to. What may not:
// who may see a file, captions, authors and licences (package models and the store know those), HTTP and SQL.
//
// # Folder
//
// A file lives in a folder of its own, ab/cd/<sha256>, named by the SHA-256 of what was uploaded:
//
//	original   the upload, byte for byte; for the people who keep the register
//	public     the sanitised copy of a picture, same pixels, no personal metadata
//	thumb, medium, large   renditions of a picture: JPEG, or PNG when it is transparent
//
// The folder is built under a temporary name beside them and renamed once it is complete and on disk, so it is either
// there whole or not at all. Folders whose name begins with ".tmp-" are such work in progress.
//
// # What the public gets
//
// Pictures: the sanitised copy and the renditions. Kept besides the pixels are the colour profile, the density and the
// orientation, the latter in a new EXIF block that holds nothing else; position, time, camera, serial numbers, author,
// comments, embedded thumbnails and anything appended to the picture (a motion clip, a second picture) are gone.
//
// PDF: the upload as it is. A scanned decision carries no position, and its document information (author, program)
// cannot be taken out without rewriting the document, which would break signatures; so whoever publishes a PDF
// publishes those too. A PDF may hold active content: serve it with its own type and as a download.
package media
