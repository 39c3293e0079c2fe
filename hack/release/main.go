// Command release makes those parts of a release for which there is no other tool: the archives of the command
// lines, and the notes. Run it at the root of the repository; hack/release.mk does.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("release", flag.ContinueOnError)
	version := flags.String("version", "", "version of the release, as in v1.2.3")
	dist := flags.String("dist", "dist", "folder that the archives go to")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *version == "" {
		return errors.New("name the version: -version v1.2.3")
	}
	switch flags.Arg(0) {
	case "archives":
		return writeArchives(ctx, *version, *dist)
	case "notes":
		return writeNotes(ctx, *version, os.Stdout)
	default:
		return fmt.Errorf("say archives or notes, not %q", flags.Arg(0))
	}
}
