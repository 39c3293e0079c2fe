package todo

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

// The environment that counts before the file.
const (
	envURL   = "TODO_URL"
	envToken = "TODO_TOKEN"
)

// config is where the platform is, and what lets the command in.
type config struct {
	URL   string `json:"url"`
	Token string `json:"token"`
}

// path is where the file is.
func (c *command) path() (string, error) {
	if c.config != "" {
		return c.config, nil
	}
	folder, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("find your configuration folder: %w; name a file with --config", err)
	}
	return filepath.Join(folder, "todo", "config.json"), nil
}

func (c *command) load() (config, error) {
	if cfg := (config{os.Getenv(envURL), os.Getenv(envToken)}); cfg.URL != "" && cfg.Token != "" {
		return cfg, nil
	}
	path, err := c.path()
	if err != nil {
		return config{}, err
	}
	text, err := os.ReadFile(path) //nolint:gosec // the person names the file
	if errors.Is(err, fs.ErrNotExist) {
		return config{}, errSignIn
	}
	if err != nil {
		return config{}, fmt.Errorf("read the configuration: %w", err)
	}
	var cfg config
	if err := json.Unmarshal(text, &cfg); err != nil || cfg.URL == "" || cfg.Token == "" {
		return config{}, fmt.Errorf("%s is no configuration of todo; %w", path, errSignIn)
	}
	return cfg, nil
}

func (c *command) save(cfg config) error {
	path, err := c.path()
	if err != nil {
		return err
	}
	text, err := json.Marshal(cfg)
	if err != nil {
		return fmt.Errorf("encode the configuration: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make the folder of the configuration: %w", err)
	}
	if err := os.WriteFile(path, append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	return nil
}

func (c *command) login() *cobra.Command {
	var email, token string
	login := &cobra.Command{
		Use: "login <address of the platform>", Short: "Sign in, and keep an API token for this machine", Args: cobra.ExactArgs(1),
		Long: "Asks for your password, makes an API token that reads and writes tasks, and keeps the token. The password is\n" +
			"kept nowhere. Revoke the token in the settings of the web page.",
		Example: "  todo login https://todo.example.org\n  todo login https://todo.example.org --token tdp_…",
		RunE: func(cmd *cobra.Command, args []string) error {
			address, err := url.Parse(args[0])
			if err != nil || address.Scheme != "https" && address.Scheme != "http" || address.Host == "" {
				return fmt.Errorf("%q is not an address such as https://todo.example.org", args[0])
			}
			cfg := config{URL: strings.TrimSuffix(address.String(), "/"), Token: token}
			if token == "" {
				if cfg.Token, err = signIn(cmd, cfg.URL, email); err != nil {
					return err
				}
			}
			if err := c.save(cfg); err != nil {
				return err
			}
			cmd.Println("signed in to " + cfg.URL)
			return nil
		},
	}
	login.Flags().StringVar(&email, "email", "", "your e-mail address; asked for when absent")
	login.Flags().StringVar(&token, "token", "", "an API token that you have made, instead of a password")
	return login
}

// signIn makes a token for this machine.
func signIn(cmd *cobra.Command, address, email string) (string, error) {
	from := bufio.NewReader(cmd.InOrStdin())
	if email == "" {
		cmd.PrintErr("E-mail: ")
		line, err := from.ReadString('\n')
		if err != nil {
			return "", fmt.Errorf("read the e-mail address: %w", err)
		}
		email = strings.TrimSpace(line)
	}
	cmd.PrintErr("Password: ")
	password, err := readPassword(cmd, from)
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	api := client.New(address, &http.Client{Timeout: requestTime})
	if err := api.Login(cmd.Context(), email, password); err != nil {
		return "", fmt.Errorf("sign in: %w", err)
	}
	host, err := os.Hostname()
	if err != nil {
		host = "a machine"
	}
	made, err := api.CreateToken(cmd.Context(), client.TokenDraft{Name: "todo on " + host, Scopes: []string{"tasks:read", "tasks:write"}})
	if err != nil {
		return "", fmt.Errorf("make a token: %w", err)
	}
	return made.Secret, api.Logout(cmd.Context())
}

// readPassword reads a password, unseen on a terminal.
func readPassword(cmd *cobra.Command, from *bufio.Reader) (string, error) {
	if file, ok := cmd.InOrStdin().(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		password, err := term.ReadPassword(int(file.Fd()))
		cmd.PrintErrln()
		return string(password), err
	}
	line, err := from.ReadString('\n')
	return strings.TrimRight(line, "\r\n"), err
}

func (c *command) logout() *cobra.Command {
	return &cobra.Command{
		Use: "logout", Short: "Forget the token of this machine", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			path, err := c.path()
			if err != nil {
				return err
			}
			if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("remove the configuration: %w", err)
			}
			cmd.Println("the token is forgotten here; revoke it in the settings of the web page")
			return nil
		},
	}
}
