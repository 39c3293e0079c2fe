package deadletters

import (
	"context"

	"github.com/segmentio/kafka-go"
)

// take takes the chosen ones of letters, which are all that were read, off their topics.
// do is called with those of one partition, before they are gone.
//
// Crash-safe: what stays is appended again before the group passes it, so it is there
// twice at worst.
func (b *box) take(ctx context.Context, letters []letter, chosen func(letter) bool, do func(context.Context, []letter) error) (taken int, err error) {
	for _, partition := range byPartition(letters) {
		selected, staying := split(partition, chosen)
		if len(selected) == 0 {
			continue
		}
		if err := do(ctx, selected); err != nil {
			return taken, err
		}
		last := selected[len(selected)-1]
		toTheEnd := kafka.BalancerFunc(func(kafka.Message, ...int) int { return last.partition })
		if err := b.Publish(ctx, last.topic, toTheEnd, records(staying)); err != nil {
			return taken, err
		}
		if err := b.pass(ctx, last.topic, last.partition, last.offset+1); err != nil {
			return taken, err
		}
		taken += len(selected)
	}
	return taken, nil
}

// byPartition cuts letters, which are in order, where the partition changes.
func byPartition(letters []letter) [][]letter {
	var cut [][]letter
	for i, l := range letters {
		if i == 0 || letters[i-1].topic != l.topic || letters[i-1].partition != l.partition {
			cut = append(cut, nil)
		}
		cut[len(cut)-1] = append(cut[len(cut)-1], l)
	}
	return cut
}

// split returns the chosen letters of a partition and those before the last of them that
// are not.
func split(partition []letter, chosen func(letter) bool) (selected, staying []letter) {
	passed := 0
	for _, l := range partition {
		if chosen(l) {
			selected = append(selected, l)
			passed = len(staying)
		} else {
			staying = append(staying, l)
		}
	}
	return selected, staying[:passed]
}

func records(letters []letter) []kafka.Message {
	var all []kafka.Message
	for _, l := range letters {
		all = append(all, l.record)
	}
	return all
}
