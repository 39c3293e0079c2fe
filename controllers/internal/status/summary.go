package status

import (
	"errors"
	"strings"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
)

// Step is what one step found.
type Step struct {
	// Condition is the type of the step's condition.
	Condition string
	// BlockedBy names the condition of the earlier step that this one waits for. Empty: it ran.
	BlockedBy string
	// Aside says that the step is told, and keeps the platform from nothing.
	Aside bool
	// Err is nil when the step is done.
	Err error
	// Reason and Message describe a step that is done. Reason defaults to Ready.
	Reason, Message string
}

// Reword changes the texts of a step.
func (s *Step) Reword(change func(string) string) {
	s.Message = change(s.Message)
	if s.Err == nil {
		return
	}
	var o *outcome
	if errors.As(s.Err, &o) {
		reworded := *o
		reworded.message = change(o.message)
		s.Err = &reworded
	} else if text := change(s.Err.Error()); text != s.Err.Error() {
		s.Err = errors.New(text)
	}
}

// Summarize writes the conditions of the steps and the summary to the platform's status.
// Available follows what runs alone: it serves on while a step fails.
func Summarize(platform *v1alpha1.TodoPlatform, steps []Step) {
	headline := metav1.Condition{Type: v1alpha1.ConditionReady, Status: metav1.ConditionTrue, Reason: v1alpha1.ReasonReady, Message: "the platform is as the manifest describes"}
	stalled := []string{}
	worked := true
	databaseTrouble := ""
	for _, step := range steps {
		if errors.Is(step.Err, ErrNotAsked) {
			meta.RemoveStatusCondition(&platform.Status.Conditions, step.Condition)
			continue
		}
		condition := stepCondition(step)
		set(platform, condition)
		if condition.Type == v1alpha1.ConditionDatabaseReady && condition.Reason == v1alpha1.ReasonStarting {
			databaseTrouble = condition.Message
		}
		if step.Aside || condition.Status == metav1.ConditionTrue || step.BlockedBy != "" {
			continue
		}
		message := step.Condition + ": " + condition.Message
		if IsStalled(step.Err) {
			stalled = append(stalled, message)
		}
		if _, expected := After(step.Err); !expected {
			worked = false
		}
		// The first step that stalls is what the user needs to know, else the first that is not done.
		if headline.Status == metav1.ConditionTrue || (len(stalled) == 1 && IsStalled(step.Err)) {
			headline.Status, headline.Reason, headline.Message = metav1.ConditionFalse, condition.Reason, message
		}
	}
	if worked {
		platform.Status.ObservedGeneration = platform.Generation
	}
	set(platform, headline)
	set(platform, flag(v1alpha1.ConditionProgressing, headline.Status != metav1.ConditionTrue && len(stalled) == 0, headline.Reason, headline.Message))
	set(platform, flag(v1alpha1.ConditionStalled, len(stalled) > 0, headline.Reason, strings.Join(stalled, "; ")))
	set(platform, available(platform.Status.Services, databaseTrouble))
}

// Halt writes the conditions of a platform that the operator does not work on, for a
// reason that is not a step's. Step conditions stay as they were last seen.
func Halt(platform *v1alpha1.TodoPlatform, isStalled bool, reason, message string) {
	for _, step := range v1alpha1.StepConditions() {
		if meta.FindStatusCondition(platform.Status.Conditions, step) == nil {
			set(platform, metav1.Condition{Type: step, Status: metav1.ConditionUnknown, Reason: v1alpha1.ReasonNotYetReported})
		}
	}
	ready := metav1.ConditionUnknown
	if isStalled {
		ready = metav1.ConditionFalse
	}
	platform.Status.ObservedGeneration = platform.Generation
	set(platform, metav1.Condition{Type: v1alpha1.ConditionReady, Status: ready, Reason: reason, Message: message})
	set(platform, flag(v1alpha1.ConditionProgressing, false, reason, message))
	set(platform, flag(v1alpha1.ConditionStalled, isStalled, reason, message))
	set(platform, available(platform.Status.Services, ""))
}

func stepCondition(step Step) metav1.Condition {
	condition := metav1.Condition{Type: step.Condition, Status: metav1.ConditionFalse}
	var o *outcome
	switch {
	case step.BlockedBy != "":
		condition.Status, condition.Reason = metav1.ConditionUnknown, v1alpha1.ReasonBlocked
		condition.Message = "waits for " + step.BlockedBy
	case step.Err == nil:
		condition.Status, condition.Reason, condition.Message = metav1.ConditionTrue, step.Reason, step.Message
		if condition.Reason == "" {
			condition.Reason = v1alpha1.ReasonReady
		}
		if condition.Message == "" {
			condition.Message = "as the manifest describes"
		}
	case errors.As(step.Err, &o):
		condition.Reason, condition.Message = o.reason, o.message
	default:
		condition.Reason, condition.Message = v1alpha1.ReasonError, step.Err.Error()
	}
	return condition
}

// available tells whether people are served: by every service, and by the embedded database, if that is what
// runs. Services wait for it, ready, so that they serve as soon as it is there.
func available(services []v1alpha1.ServiceStatus, databaseTrouble string) metav1.Condition {
	var missing []string
	for _, service := range services {
		if service.ReadyReplicas == 0 {
			missing = append(missing, service.Name)
		}
	}
	condition := metav1.Condition{Type: v1alpha1.ConditionAvailable, Status: metav1.ConditionTrue, Reason: v1alpha1.ReasonServing, Message: "every service serves"}
	if len(missing) > 0 || len(services) == 0 {
		condition.Status, condition.Reason, condition.Message = metav1.ConditionFalse, v1alpha1.ReasonNotServing, "no replica serves of "+strings.Join(missing, ", ")
	}
	if len(services) == 0 {
		condition.Message = "no service runs"
	} else if databaseTrouble != "" {
		condition.Status, condition.Reason, condition.Message = metav1.ConditionFalse, v1alpha1.ReasonNotServing, "no service can answer: "+databaseTrouble
	}
	return condition
}

func flag(kind string, value bool, reason, message string) metav1.Condition {
	if value {
		return metav1.Condition{Type: kind, Status: metav1.ConditionTrue, Reason: reason, Message: message}
	}
	return metav1.Condition{Type: kind, Status: metav1.ConditionFalse, Reason: reason}
}

// MaxMessage bounds messages, which may carry text of other systems, in bytes.
const MaxMessage = 1024

// Cut shortens a text that is longer than so many bytes, at the end of a character.
func Cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	const ellipsis = "…"
	end := limit - len(ellipsis)
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + ellipsis
}

func set(platform *v1alpha1.TodoPlatform, condition metav1.Condition) {
	condition.Message = Cut(condition.Message, MaxMessage)
	condition.ObservedGeneration = platform.Generation
	meta.SetStatusCondition(&platform.Status.Conditions, condition)
}
