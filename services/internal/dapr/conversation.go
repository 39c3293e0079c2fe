package dapr

import (
	"context"

	runtimev1 "github.com/dapr/dapr/pkg/proto/runtime/v1"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// ModelRole says whose message to a language model, or from it, is.
type ModelRole string

// The roles.
const (
	SystemRole    ModelRole = "system"    // what holds for the whole conversation
	UserRole      ModelRole = "user"      // the person
	AssistantRole ModelRole = "assistant" // the model
	ToolRole      ModelRole = "tool"      // the answer to a call
)

// ModelMessage is one message of a conversation with a language model.
type ModelMessage struct {
	Role  ModelRole   `json:"role"`
	Text  string      `json:"text,omitempty"`
	Calls []ModelCall `json:"calls,omitempty"` // of the assistant: tools that it wants used
	To    ModelCall   `json:"to,omitzero"`     // of a tool: the call that it answers
}

// ModelCall is a use of a tool that a model wants.
type ModelCall struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Arguments string `json:"arguments,omitempty"` // JSON, as far as the model can be trusted
}

// ModelTool is a tool that a model may want to use.
type ModelTool struct {
	Name, Description string
	Parameters        map[string]any // JSON Schema
}

// temperature is the default of providers, and the only one that models which reason take. Dapr's
// components say 0 where nothing is said.
const temperature = 1.0

// Converse has the language model of a component answer a conversation, by Dapr's Conversation API
// (alpha2). It takes seconds: the deadline is the caller's. What does not come to be is
// failure.Unavailable, also where the provider refuses.
func (c *Client) Converse(ctx context.Context, component string, messages []ModelMessage, tools []ModelTool) (ModelMessage, error) {
	request := &runtimev1.ConversationRequestAlpha2{Name: component, Inputs: []*runtimev1.ConversationInputAlpha2{{}}, Temperature: new(temperature)}
	for _, m := range messages {
		request.Inputs[0].Messages = append(request.Inputs[0].Messages, m.proto())
	}
	for _, tool := range tools {
		parameters, err := structpb.NewStruct(tool.Parameters)
		if err != nil {
			return ModelMessage{}, failure.Wrap(failure.Internal, err, "encode the schema of "+tool.Name)
		}
		request.Tools = append(request.Tools, &runtimev1.ConversationTools{ToolTypes: &runtimev1.ConversationTools_Function{
			Function: &runtimev1.ConversationToolsFunction{Name: tool.Name, Description: &tool.Description, Parameters: parameters},
		}})
	}
	response, err := c.sdk.GrpcClient().ConverseAlpha2(ctx, request)
	if err != nil {
		return ModelMessage{}, failure.Wrap(failure.Unavailable, err, "converse with the language model")
	}
	return answerOf(response), nil
}

// answerOf is what a model answered. Some providers answer text and calls as choices of their own.
func answerOf(response *runtimev1.ConversationResponseAlpha2) ModelMessage {
	answer := ModelMessage{Role: AssistantRole}
	for _, output := range response.GetOutputs() {
		for _, choice := range output.GetChoices() {
			answer.Text += choice.GetMessage().GetContent()
			for _, call := range choice.GetMessage().GetToolCalls() {
				answer.Calls = append(answer.Calls, ModelCall{ID: call.GetId(), Name: call.GetFunction().GetName(), Arguments: call.GetFunction().GetArguments()})
			}
		}
	}
	return answer
}

func (m ModelMessage) proto() *runtimev1.ConversationMessage {
	var content []*runtimev1.ConversationMessageContent
	if m.Text != "" || len(m.Calls) == 0 {
		content = []*runtimev1.ConversationMessageContent{{Text: m.Text}}
	}
	switch m.Role {
	case SystemRole:
		return &runtimev1.ConversationMessage{MessageTypes: &runtimev1.ConversationMessage_OfSystem{
			OfSystem: &runtimev1.ConversationMessageOfSystem{Content: content}}}
	case AssistantRole:
		said := &runtimev1.ConversationMessageOfAssistant{Content: content}
		for _, call := range m.Calls {
			said.ToolCalls = append(said.ToolCalls, &runtimev1.ConversationToolCalls{Id: &call.ID, ToolTypes: &runtimev1.ConversationToolCalls_Function{
				Function: &runtimev1.ConversationToolCallsOfFunction{Name: call.Name, Arguments: call.Arguments}}})
		}
		return &runtimev1.ConversationMessage{MessageTypes: &runtimev1.ConversationMessage_OfAssistant{OfAssistant: said}}
	case ToolRole:
		return &runtimev1.ConversationMessage{MessageTypes: &runtimev1.ConversationMessage_OfTool{
			OfTool: &runtimev1.ConversationMessageOfTool{ToolId: &m.To.ID, Name: m.To.Name, Content: content}}}
	}
	return &runtimev1.ConversationMessage{MessageTypes: &runtimev1.ConversationMessage_OfUser{
		OfUser: &runtimev1.ConversationMessageOfUser{Content: content}}}
}
