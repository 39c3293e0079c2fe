package v1alpha1

// ImageReference names an image in full: registry (Docker Hub without), path, and a tag, a digest or both.
//
// +kubebuilder:validation:MaxLength=512
// +kubebuilder:validation:XValidation:rule="self.matches('^([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?/)?[a-z0-9]+(([.]|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+(([.]|_|__|-+)[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}(@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64})$')",message="must be an image with a tag or a digest, as in registry.example.com/todo-api:1.4.0 or registry.example.com/todo-api@sha256:…"
type ImageReference string
