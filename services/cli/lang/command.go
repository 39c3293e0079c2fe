package lang

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/todoplatform/todoplatform/services/internal/language/preview"
)

// maxLine is the longest line of a batch in bytes. It holds the longest text that
// any of the languages reads, each byte of it escaped.
const maxLine = 1 << 20

// definition describes a command whose input is In: the fields that its argument,
// its flags or one JSON object of a batch fill.
type definition[In any] struct {
	use, short, long, example string

	// flags binds flags to the input. The JSON fields of In have the same names.
	flags func(flags *pflag.FlagSet, in *In)
	// argument puts the argument of the command into the input.
	argument func(in *In, text string)
	// run gives the answer, to be printed as JSON, or says what is wrong.
	run func(in In) (any, error)
}

func (d definition[In]) command() *cobra.Command {
	var in In
	var batch bool
	command := &cobra.Command{
		Use: d.use, Short: d.short, Long: d.long, Example: d.example,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case batch && len(args) > 0:
				return errors.New("--batch reads from standard input; leave the argument out")
			case !batch && len(args) != 1:
				return fmt.Errorf("give the text as one argument, in quotes, or use --batch; there are %d arguments", len(args))
			}
			return nil
		},
		RunE: func(command *cobra.Command, args []string) error {
			if batch {
				return d.runBatch(command.InOrStdin(), command.OutOrStdout(), in)
			}
			d.argument(&in, args[0])
			answer, failure := d.run(in)
			if err := writeAnswer(command.OutOrStdout(), answer, failure); err != nil {
				return err
			}
			return failure
		},
	}
	d.flags(command.Flags(), &in)
	command.Flags().BoolVar(&batch, "batch", false, "read one JSON object a line from standard input")
	return command
}

// runBatch answers each line with a line, in order. defaults are the fields that a
// line may leave out.
func (d definition[In]) runBatch(input io.Reader, output io.Writer, defaults In) error {
	reader := bufio.NewReaderSize(input, maxLine)
	writer := bufio.NewWriter(output)
	for {
		line, err := readLine(reader)
		if errors.Is(err, io.EOF) {
			return writer.Flush()
		}
		var answer any
		switch {
		case err == nil:
			answer, err = d.runLine(line, defaults)
		case errors.Is(err, bufio.ErrBufferFull):
			err = &preview.Fault{Message: fmt.Sprintf("the line is longer than %d bytes", maxLine), Expected: "a shorter line"}
		default:
			return fmt.Errorf("read the batch: %w", err)
		}
		if err := writeAnswer(writer, answer, err); err != nil {
			return err
		}
		if reader.Buffered() == 0 { // whoever feeds line by line waits for the answer
			if err := writer.Flush(); err != nil {
				return err
			}
		}
	}
}

func (d definition[In]) runLine(line []byte, in In) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&in); err != nil {
		return nil, faultInLine(err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, &preview.Fault{Message: "read the line: more follows its JSON object", Expected: "one JSON object with the fields that --help names"}
	}
	return d.run(in)
}

// readLine gives the next line, valid until the next call; bufio.ErrBufferFull says
// that it was too long and is skipped.
func readLine(reader *bufio.Reader) ([]byte, error) {
	line, err := reader.ReadSlice('\n')
	if errors.Is(err, io.EOF) && len(line) > 0 {
		return line, nil
	}
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, err
	}
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = reader.ReadSlice('\n')
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return nil, bufio.ErrBufferFull
}

// writeAnswer prints an answer, or what is wrong, as one line.
func writeAnswer(output io.Writer, answer any, failure error) error {
	if failure != nil {
		answer = struct {
			Error *preview.Fault `json:"error"`
		}{faultOf(failure)}
	}
	encoder := json.NewEncoder(output)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(answer); err != nil {
		return fmt.Errorf("print the answer: %w", err)
	}
	return nil
}
