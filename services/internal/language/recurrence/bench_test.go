package recurrence

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

var benchmarkRules = []struct{ name, rule string }{
	{"daily", "FREQ=DAILY"},
	{"workdays", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"},
	{"every3workdays", "FREQ=DAILY;INTERVAL=3;X-STEP=BYDAY;BYDAY=MO,TU,WE,TH,FR"},
	{"monthlyClamped", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;BYMONTHDAY=31"},
	{"monthlyForward", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD;BYMONTHDAY=29,30,31"},
	{"secondTuesday", "FREQ=MONTHLY;BYDAY=2TU"},
	{"lastWorkday", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"},
	{"yearlyWeek53", "FREQ=YEARLY;BYWEEKNO=53;BYDAY=FR"},
	{"yearDay366", "FREQ=YEARLY;BYYEARDAY=366"},
	{"leapDay", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"},
	{"friday13", "FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR"},
	{"everySecondOfLeapDay", "FREQ=SECONDLY;BYYEARDAY=366;BYHOUR=0;BYMINUTE=0;BYSECOND=0"},
	{"minutelyOffice", "FREQ=MINUTELY;INTERVAL=7;BYHOUR=9,10,11;BYDAY=MO"},
	{"secondlySparse", "FREQ=SECONDLY;INTERVAL=61;BYSECOND=0;BYHOUR=9"},
	{"minutesThatDrift", "FREQ=MINUTELY;INTERVAL=1439;BYHOUR=9;BYMINUTE=0"},
	{"secondsThatDrift", "FREQ=SECONDLY;INTERVAL=86413;BYHOUR=3;BYSECOND=59"},
	{"count", "FREQ=DAILY;BYDAY=MO,WE,FR;COUNT=6000"},
	{"countOfDays", "FREQ=DAILY;BYMONTH=3,5,10;BYMONTHDAY=1,13,-1;COUNT=400"},
	{"countOfSteps", "FREQ=DAILY;INTERVAL=3;X-STEP=BYDAY;BYDAY=MO,TU,WE,TH,FR;COUNT=3500"},
	{"countOfWeeks", "FREQ=WEEKLY;BYDAY=MO,WE;BYMONTH=1,2,3,4,5,6,7;COUNT=2300"},
	{"countOfMonths", "FREQ=MONTHLY;BYDAY=-1FR,2TU;COUNT=900"},
	{"countClamped", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD;BYMONTHDAY=29,30,31;COUNT=1400"},
	{"countOfYears", "FREQ=YEARLY;BYWEEKNO=1,20,53;BYDAY=MO;COUNT=100"},
	{"countOfMinutes", "FREQ=MINUTELY;INTERVAL=7;BYHOUR=9,10,11;BYDAY=MO,TU,WE,TH,FR;COUNT=250000"},
	{"countOfOddSeconds", "FREQ=SECONDLY;INTERVAL=5003;BYHOUR=9;COUNT=10000"},
	{"countOfMonthsLarge", "FREQ=MONTHLY;BYDAY=2TU;COUNT=6000"},
	{"countOfMinutesLarge", "FREQ=MINUTELY;INTERVAL=7;BYHOUR=9,10,11;BYDAY=MO;COUNT=1000000000"},
	{"until", "FREQ=DAILY;UNTIL=20991231T000000Z"},
	{"threeRules", "RRULE:FREQ=DAILY;BYHOUR=9,17\nRRULE:FREQ=MONTHLY;BYMONTHDAY=1\nRRULE:FREQ=WEEKLY;BYDAY=SU"},
}

func benchmarkSeries(b *testing.B, rule string) *Series {
	b.Helper()
	set, err := Parse(rule)
	if err != nil {
		b.Fatal(err)
	}
	series, err := set.Series(Due{Date: "1990-01-01", Time: "09:00", Zone: "Europe/Berlin"})
	if err != nil {
		b.Fatal(err)
	}
	return series
}

// readDues goes over some occurrences and keeps none.
func readDues(b *testing.B, dues iter.Seq2[Due, error], n int) {
	b.Helper()
	for _, err := range dues {
		if err != nil {
			b.Fatal(err)
		}
		if n--; n == 0 {
			return
		}
	}
}

// BenchmarkThousand reads 1,000 occurrences from the start; the aim is 5 ms.
func BenchmarkThousand(b *testing.B) {
	for _, bench := range benchmarkRules {
		b.Run(bench.name, func(b *testing.B) {
			series := benchmarkSeries(b, bench.rule)
			for b.Loop() {
				readDues(b, series.All(), 1000)
			}
		})
	}
}

// BenchmarkFarNext parses a rule, binds it to a start in 1990 and asks for the
// next occurrence after a day in 2026; the aim is 100 µs.
func BenchmarkFarNext(b *testing.B) {
	for _, bench := range benchmarkRules {
		b.Run(bench.name, func(b *testing.B) {
			after := Due{Date: "2026-11-22", Time: "10:00", Zone: "Europe/Berlin"}
			for b.Loop() {
				series := benchmarkSeries(b, bench.rule)
				found, err := series.After(after)
				if err != nil {
					b.Fatal(err)
				}
				readDues(b, found, 1)
			}
		})
	}
}

// BenchmarkNever asks for the first occurrence of rules that have none.
func BenchmarkNever(b *testing.B) {
	for _, rule := range []string{
		"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
		"FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
		"FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
		"FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
		"FREQ=DAILY;INTERVAL=7;BYDAY=TU",
		"FREQ=SECONDLY;INTERVAL=60;BYSECOND=3",
		"FREQ=MINUTELY;INTERVAL=7;BYDAY=MO;BYHOUR=0;BYMINUTE=1,8,15,22;COUNT=1000000000",
		"FREQ=DAILY;BYHOUR=1;BYSETPOS=2",
		"FREQ=SECONDLY;INTERVAL=86413;BYSECOND=59;BYHOUR=3;BYMONTHDAY=31;BYMONTH=2",
	} {
		b.Run(rule, func(b *testing.B) {
			for b.Loop() {
				readDues(b, benchmarkSeries(b, rule).All(), 1)
			}
		})
	}
}

// BenchmarkWorst asks the largest sets of the heaviest rules for what comes last in all
// years: what is not too much work, and how soon the rest is given up.
func BenchmarkWorst(b *testing.B) {
	for _, bench := range heavy {
		for _, times := range []int{1, MaxRules} {
			b.Run(fmt.Sprintf("%s x%d", bench.name, times), func(b *testing.B) {
				set := heavySet(b, bench.rule, times)
				refused := 0.0
				for b.Loop() {
					if askFar(b, set) != nil {
						refused = 1
					}
				}
				b.ReportMetric(refused, "refused")
			})
		}
	}
	for _, name := range []string{"secondlySparse", "secondsThatDrift", "daily"} {
		b.Run("10,000 of 20 "+name, func(b *testing.B) {
			at := slices.IndexFunc(benchmarkRules, func(bench struct{ name, rule string }) bool { return bench.name == name })
			series := benchmarkSeries(b, strings.Repeat(benchmarkRules[at].rule+"\n", MaxRules))
			for b.Loop() {
				readDues(b, series.All(), 10_000)
			}
		})
	}
	b.Run("longest text", func(b *testing.B) {
		text := strings.Repeat("FREQ=SECONDLY;COUNT=1000000000\n", MaxText/31)
		for b.Loop() {
			if _, err := Parse(text); err == nil {
				b.Fatal("it is accepted")
			}
		}
	})
	b.Run("most exceptions", func(b *testing.B) {
		set := mustParse(b, "FREQ=HOURLY")
		for hour := range MaxDates {
			set.EXDates = append(set.EXDates, dueOfWall(firstWall+int64(hour)*3600, "Asia/Kolkata"))
		}
		for b.Loop() {
			series, err := set.Series(firstSecond)
			if err != nil {
				b.Fatal(err)
			}
			readDues(b, series.All(), 1)
		}
	})
}

func BenchmarkParseText(b *testing.B) {
	now := time.Date(2026, time.November, 22, 10, 0, 0, 0, time.UTC)
	for b.Loop() {
		if _, err := ParseText("every mon, wed and fri at 9 until 1 june 2027", now, words.English()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFindText(b *testing.B) {
	now := time.Date(2026, time.November, 22, 10, 0, 0, 0, time.UTC)
	for b.Loop() {
		FindText("water the plants in the living room every 3 days at 9 #home @plants p2", now, words.English())
	}
}
