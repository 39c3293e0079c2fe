// Module pause holds the program that every pod starts with.
module github.com/todoplatform/todoplatform/hack/tools/pause

go 1.26.0
