package model

import (
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Veil hides what a model need not see behind names, and shows it again: ids always, because models
// spell them wrong, and what tells who somebody is where that is wanted.
type Veil struct {
	Private bool     `json:"private,omitempty"` // whether more than ids is hidden
	Hidden  []string `json:"hidden,omitempty"`  // what stands behind name_1, name_2, …
}

var (
	// name is what hidden texts are called. A text that looks like one is hidden itself, so that
	// nothing is shown that was never hidden.
	name = regexp.MustCompile(`(?:ref|mail|phone|account)_([0-9]+)`)
	id   = regexp.MustCompile(`\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b`)

	mail = regexp.MustCompile(`[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+`)
	// digits are numbers as people write long ones: those of phones, cards and accounts.
	digits = regexp.MustCompile(`(?:\+|\(0|\b)[0-9][0-9 ()/.-]{5,30}[0-9]\b`)
	iban   = regexp.MustCompile(`\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b`)
	date   = regexp.MustCompile(`^[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}\b`)
)

// Hide puts names in place of what is to be hidden.
func (v *Veil) Hide(text string) string {
	text = name.ReplaceAllStringFunc(text, func(found string) string { return v.behind("ref", found) })
	text = id.ReplaceAllStringFunc(text, func(found string) string { return v.behind("ref", found) })
	if !v.Private {
		return text
	}
	text = mail.ReplaceAllStringFunc(text, func(found string) string { return v.veiled("mail", found) })
	text = iban.ReplaceAllStringFunc(text, func(found string) string {
		if !isIBAN(found) {
			return found
		}
		return v.veiled("account", found)
	})
	return digits.ReplaceAllStringFunc(text, func(found string) string {
		switch {
		case isCard(found):
			return v.veiled("account", found)
		case isPhone(found):
			return v.veiled("phone", found)
		}
		return found
	})
}

// veiled is the name of a text in which parts may be hidden already.
func (v *Veil) veiled(kind, text string) string { return v.behind(kind, v.Show(text)) }

// behind is the name of a hidden text; the same text has the same one.
func (v *Veil) behind(kind, text string) string {
	at := slices.Index(v.Hidden, text)
	if at < 0 {
		at = len(v.Hidden)
		v.Hidden = append(v.Hidden, text)
	}
	return kind + "_" + strconv.Itoa(at+1)
}

// Show puts back what is behind names. A name behind which nothing is stays.
func (v *Veil) Show(text string) string {
	return name.ReplaceAllStringFunc(text, func(found string) string {
		n, err := strconv.Atoi(name.FindStringSubmatch(found)[1])
		if err != nil || n < 1 || n > len(v.Hidden) {
			return found
		}
		return v.Hidden[n-1]
	})
}

func onlyDigits(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}

// isPhone reports whether digits can be dialled: they begin as numbers with an area do, and are no date.
func isPhone(text string) bool {
	n := len(onlyDigits(text))
	return n >= 7 && n <= 15 && strings.ContainsRune("+(0", rune(text[0])) && !date.MatchString(text)
}

// isCard reports whether digits are the number of a payment card (ISO/IEC 7812, with its check digit).
func isCard(text string) bool {
	number := onlyDigits(text)
	if len(number) < 13 || len(number) > 19 {
		return false
	}
	sum := 0
	for i := range number {
		d := int(number[len(number)-1-i] - '0')
		if i%2 == 1 {
			d = d*2 - d/5*9
		}
		sum += d
	}
	return sum%10 == 0
}

// isIBAN reports whether a text is the number of a bank account (ISO 13616, with its check digits).
func isIBAN(text string) bool {
	number := strings.ReplaceAll(text, " ", "")
	if len(number) < 15 || len(number) > 34 {
		return false
	}
	var value strings.Builder
	for _, r := range number[4:] + number[:4] {
		n, err := strconv.ParseInt(string(r), 36, 64)
		if err != nil { // the pattern has none such
			return false
		}
		value.WriteString(strconv.FormatInt(n, 10))
	}
	whole, ok := new(big.Int).SetString(value.String(), 10)
	return ok && new(big.Int).Mod(whole, big.NewInt(97)).Int64() == 1
}
