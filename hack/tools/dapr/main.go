// Command daprd is Dapr's sidecar with its stable components and those that reach a language model,
// which Dapr has with all components alone: these bring the libraries of every cloud.
package main

import (
	"github.com/dapr/components-contrib/conversation/anthropic"
	"github.com/dapr/components-contrib/conversation/openai"
	"github.com/dapr/dapr/cmd/daprd/app"
	"github.com/dapr/dapr/pkg/components/conversation"
)

func main() {
	conversation.DefaultRegistry.RegisterComponent(openai.NewOpenAI, "openai")
	conversation.DefaultRegistry.RegisterComponent(anthropic.NewAnthropic, "anthropic")
	app.Run()
}
