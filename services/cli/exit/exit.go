// Package exit tells apart, by the status with which the program ends, what a command found and that it could not look.
package exit

// trouble is why a command could not look.
type trouble struct{ error }

// Unwrap returns the cause.
func (t trouble) Unwrap() error { return t.error }

// ExitStatus is that of a command that could not look: 1 says that it found something wrong.
func (trouble) ExitStatus() int { return 2 }

// Trouble marks an error as one that kept a command from looking.
func Trouble(err error) error {
	if err == nil {
		return nil
	}
	return trouble{err}
}
