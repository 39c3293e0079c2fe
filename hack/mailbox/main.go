// Command mailbox is a mail server for development and tests: it accepts every
// mail, delivers none, and shows what came in as a page and as JSON.
package main

import (
	"context"
	"errors"
	"flag"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/emersion/go-smtp"
)

const shutdownGrace = 5 * time.Second

func main() {
	smtpAddress := flag.String("smtp", ":2525", "address that takes mail")
	httpAddress := flag.String("http", ":8025", "address that shows it")
	flag.Parse()
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stdout, nil)))

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *smtpAddress, *httpAddress)
	stop()
	if err != nil {
		slog.Error("mailbox stopped", "error", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, smtpAddress, httpAddress string) error {
	box := &box{}
	mail := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &session{box: box}, nil
	}))
	mail.Addr = smtpAddress
	mail.Domain = "mailbox"
	mail.MaxMessageBytes = maxMailBytes
	mail.MaxRecipients = 10
	mail.ReadTimeout = 10 * time.Second
	mail.WriteTimeout = 10 * time.Second
	web := &http.Server{Addr: httpAddress, Handler: box.handler(), ReadHeaderTimeout: 5 * time.Second}

	failed := make(chan error, 2)
	go func() { failed <- mail.ListenAndServe() }()
	go func() { failed <- web.ListenAndServe() }()
	slog.Info("mailbox ready", "smtp", smtpAddress, "http", httpAddress)

	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.Background(), shutdownGrace)
	defer cancel()
	return errors.Join(err, mail.Shutdown(grace), web.Shutdown(grace))
}
