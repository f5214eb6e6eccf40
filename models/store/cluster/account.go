package cluster

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"wolnica/models"
)

// account is the user the server runs as. PostgreSQL refuses to run as root, so root drops to an ordinary user.
type account struct {
	uid, gid int
	name     string
	drop     bool // we are root and become this user
}

// accountFor returns who runs the cluster in folder: ourselves, or for root the owner of the cluster, who for a new one
// is "postgres" or else "nobody".
func accountFor(folder string) (account, error) {
	owner := -1
	info, err := os.Stat(folder)
	if err == nil {
		if s, ok := info.Sys().(*syscall.Stat_t); ok {
			owner = int(s.Uid)
		}
	} else if !errors.Is(err, os.ErrNotExist) {
		return account{}, explain(filepath.Dir(folder), err)
	}
	me := os.Geteuid()
	if me != 0 {
		if owner >= 0 && owner != me {
			return account{}, models.NewError(models.CodeUnavailable,
				fmt.Sprintf("Folder %s należy do użytkownika %s. Uruchom program jako ten użytkownik albo jako root.",
					folder, userName(owner)),
				fmt.Sprintf("The folder %s belongs to the user %s. Run as that user, or as root.", folder, userName(owner)))
		}
		return account{uid: me, gid: os.Getegid(), name: userName(me)}, nil
	}
	if owner > 0 {
		return ordinary(user.LookupId(strconv.Itoa(owner)))
	}
	for _, name := range []string{"postgres", "nobody"} {
		a, err := ordinary(user.Lookup(name))
		if err != nil {
			continue
		}
		if owner == 0 { // brought here by root, say from a backup
			err = filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
				if err != nil {
					return err
				}
				return os.Lchown(path, a.uid, a.gid)
			})
			if err != nil {
				return account{}, explain(filepath.Dir(folder), fmt.Errorf("hand the cluster to %s: %w", name, err))
			}
		}
		return a, nil
	}
	return account{}, models.NewError(models.CodeUnavailable,
		"PostgreSQL nie działa jako root, a nie ma użytkownika „postgres” ani „nobody”. "+
			"Załóż użytkownika postgres albo uruchom program jako zwykły użytkownik.",
		"PostgreSQL does not run as root, and there is neither a user \"postgres\" nor \"nobody\". "+
			"Add the user postgres, or run as an ordinary user.")
}

func ordinary(u *user.User, err error) (account, error) {
	if err != nil {
		return account{}, fmt.Errorf("find the server's user: %w", err)
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return account{}, fmt.Errorf("find the server's user: %w", err)
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return account{}, fmt.Errorf("find the server's user: %w", err)
	}
	return account{uid: uid, gid: gid, name: u.Username, drop: true}, nil
}

func userName(uid int) string {
	if u, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		return u.Username
	}
	return strconv.Itoa(uid)
}

// give makes the account the owner of path.
func (a account) give(path string) error {
	if !a.drop {
		return nil
	}
	return os.Lchown(path, a.uid, a.gid)
}

// mkdir makes a folder that only the account may enter.
func (a account) mkdir(path string) error {
	if err := os.Mkdir(path, 0o700); err != nil {
		return err
	}
	return a.give(path)
}

// reach fails when the account cannot get to dir through the folders above it. dir must be free of symbolic links.
func (a account) reach(dir string) error {
	if !a.drop {
		return nil
	}
	for path := dir; ; path = filepath.Dir(path) {
		info, err := os.Stat(path)
		if err != nil {
			return explain(dir, err)
		}
		s, ok := info.Sys().(*syscall.Stat_t)
		need := fs.FileMode(0o001)
		switch {
		case ok && int(s.Uid) == a.uid:
			need = 0o100
		case ok && int(s.Gid) == a.gid:
			need = 0o010
		}
		if info.Mode()&need == 0 {
			return models.NewError(models.CodeUnavailable,
				fmt.Sprintf("PostgreSQL nie działa jako root, więc pracuje jako użytkownik %s, a ten nie może przejść "+
					"przez folder %s. Wskaż inny folder danych (na przykład --data /var/lib/wolnica), uruchom program "+
					"jako zwykły użytkownik albo pozwól przechodzić: chmod o+x %s.", a.name, path, path),
				fmt.Sprintf("PostgreSQL does not run as root, so it runs as the user %s, who cannot pass through the "+
					"folder %s. Choose another data folder (for example --data /var/lib/wolnica), run as an ordinary "+
					"user, or let it pass: chmod o+x %s.", a.name, path, path))
		}
		if path == filepath.Dir(path) {
			return nil
		}
	}
}

// refused explains why the server's programs could not be run at all.
func (a account) refused(err error) error {
	if !a.drop || !errors.Is(err, syscall.EPERM) && !errors.Is(err, syscall.EINVAL) {
		return err
	}
	e := models.NewError(models.CodeUnavailable,
		fmt.Sprintf("System nie pozwala uruchomić PostgreSQL jako użytkownik %s. "+
			"Uruchom program jako zwykły użytkownik albo ustaw DATABASE_URL.", a.name),
		fmt.Sprintf("The system does not let PostgreSQL run as the user %s. "+
			"Run as an ordinary user, or set DATABASE_URL.", a.name))
	e.Err = err
	return e
}

// explain turns what the file system refused into words a person can act on; other errors pass as they are. It also
// reads what PostgreSQL's programs wrote, because that is where they tell.
func explain(dir string, err error) error {
	if err == nil {
		return nil
	}
	var known *models.Error
	if errors.As(err, &known) {
		return err
	}
	says := func(errno syscall.Errno) bool {
		text := errno.Error()
		return errors.Is(err, errno) || strings.Contains(strings.ToLower(err.Error()), text)
	}
	var e *models.Error
	switch {
	case says(syscall.ENOSPC) || says(syscall.EDQUOT):
		e = models.NewError(models.CodeUnavailable,
			fmt.Sprintf("Na dysku z folderem danych %s nie ma miejsca. Zwolnij miejsce albo wskaż inny folder (--data).", dir),
			fmt.Sprintf("The disk that holds the data folder %s is full. Free some space, or choose another folder (--data).", dir))
	case says(syscall.EROFS):
		e = models.NewError(models.CodeUnavailable,
			fmt.Sprintf("Folder danych %s leży na dysku tylko do odczytu. Wskaż inny folder (--data).", dir),
			fmt.Sprintf("The data folder %s is on a read-only file system. Choose another folder (--data).", dir))
	case says(syscall.EACCES) || says(syscall.EPERM):
		e = models.NewError(models.CodeUnavailable,
			fmt.Sprintf("Użytkownik %s nie ma praw do folderu danych %s. Zmień prawa albo wskaż inny folder (--data).",
				userName(os.Geteuid()), dir),
			fmt.Sprintf("The user %s may not write to the data folder %s. Change its rights, or choose another folder (--data).",
				userName(os.Geteuid()), dir))
	default:
		return err
	}
	e.Err = err
	return e
}
