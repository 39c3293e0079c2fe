package intent

import "github.com/todoplatform/todoplatform/services/internal/language/words"

func wordsEn() *words.Locale { return words.English() }
