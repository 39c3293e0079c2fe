// Package preview says what the other language packages make of a text, in the JSON
// shapes of `todoplatform lang` and of todo-api: requests as programs write them, with
// defaults for what they leave out, and answers. The fields are a contract, described
// in docs/language.md; tags bound those that come from outside.
//
// A request that cannot be answered is a [Fault].
package preview
