package todo

import "time"

// Token is an API token without anything of its secret.
type Token struct {
	ID        string     `json:"id" format:"uuid"`
	Name      string     `json:"name" example:"backup script" doc:"What it is for"`
	Scopes    []string   `json:"scopes" doc:"What it may be used for"`
	CreatedAt time.Time  `json:"createdAt"`
	ExpiresAt *time.Time `json:"expiresAt" doc:"When it ends by itself; null: never"`
}
