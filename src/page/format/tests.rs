use super::*;

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day written in this test")
}

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant written in this test")
}

#[test]
fn dates_keep_the_day_with_its_month() {
    let date = day(2026, 11, 26);
    assert_eq!(date_long(date), "jeudi 26\u{a0}novembre 2026");
    assert_eq!(date_medium(date), "26\u{a0}novembre");
    assert_eq!(date_short(date), "26\u{a0}nov.\u{a0}2026");
    assert_eq!(date_numeric(day(2026, 3, 2)), "02/03/2026");
}

#[test]
fn the_first_of_a_month_is_an_ordinal() {
    assert_eq!(date_long(day(2027, 1, 1)), "vendredi 1er\u{a0}janvier 2027");
    assert_eq!(date_medium(day(2026, 8, 1)), "1er\u{a0}août");
    assert_eq!(date_short(day(2026, 2, 1)), "1er\u{a0}févr.\u{a0}2026");
    assert_eq!(date_medium(day(2026, 12, 21)), "21\u{a0}décembre");
}

#[test]
fn every_month_and_weekday_has_its_name() {
    let months: Vec<_> = (1..=12).map(|m| month(day(2026, m, 2))).collect();
    let long: Vec<_> = months.iter().map(|m| m.0).collect();
    let short: Vec<_> = months.iter().map(|m| m.1).collect();
    assert_eq!(
        long.join(" "),
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
    );
    assert_eq!(short.join(" "), "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.");
    let week: Vec<_> = day(2026, 11, 23).iter_days().take(7).map(weekday).collect();
    assert_eq!(week.join(" "), "lundi mardi mercredi jeudi vendredi samedi dimanche");
}

#[test]
fn times_are_those_of_paris_in_winter_and_in_summer() {
    assert_eq!(time(utc("2026-11-23T09:32:59Z")), "10\u{a0}h\u{a0}32");
    assert_eq!(time(utc("2026-07-23T08:05:00Z")), "10\u{a0}h\u{a0}05");
    assert_eq!(time(utc("2026-11-23T07:00:00Z")), "8\u{a0}h");
    assert_eq!(time(utc("2026-11-22T23:00:00Z")), "0\u{a0}h");
    assert_eq!(time(utc("2026-11-22T23:07:00Z")), "0\u{a0}h\u{a0}07");
    assert_eq!(paris_date(utc("2026-11-22T22:59:59Z")), day(2026, 11, 22));
    assert_eq!(paris_date(utc("2026-11-22T23:00:00Z")), day(2026, 11, 23));
    assert_eq!(paris_date(utc("2026-07-22T22:00:00Z")), day(2026, 7, 23));
}

#[test]
fn an_instant_is_told_to_the_second() {
    assert_eq!(
        instant(utc("2026-11-13T17:52:07Z")),
        "vendredi 13\u{a0}novembre 2026 à 18\u{a0}h\u{a0}52\u{a0}min\u{a0}07\u{a0}s"
    );
    assert_eq!(
        instant(utc("2026-12-31T23:00:00Z")),
        "vendredi 1er\u{a0}janvier 2027 à 0\u{a0}h\u{a0}00\u{a0}min\u{a0}00\u{a0}s"
    );
    assert_eq!(day_and_time(utc("2026-11-20T15:12:00Z")), "vendredi 20\u{a0}novembre à 16\u{a0}h\u{a0}12");
    assert_eq!(day_and_time(utc("2026-11-16T07:00:00Z")), "lundi 16\u{a0}novembre à 8\u{a0}h");
    assert_eq!(stamp(utc("2026-11-23T09:32:41Z")), "23/11/2026\u{a0}10:32");
}

#[test]
fn a_day_is_told_from_today() {
    let today = day(2026, 12, 30);
    let told = |date| relative_day(date, today);
    assert_eq!(told(today), "aujourd’hui");
    assert_eq!(told(day(2026, 12, 31)), "demain");
    assert_eq!(told(day(2026, 12, 29)), "hier");
    assert_eq!(told(day(2027, 1, 2)), "dans 3\u{a0}jours");
    assert_eq!(told(day(2026, 12, 20)), "il y a 10\u{a0}jours");
}

#[test]
fn a_duration_leaves_out_what_is_not_complete() {
    let of = |seconds| duration(TimeDelta::seconds(seconds));
    assert_eq!(of(8 * 3600 + 28 * 60 + 59), "8\u{a0}h\u{a0}28");
    assert_eq!(of(3 * 3600), "3\u{a0}h");
    assert_eq!(of(72 * 3600 + 60), "72\u{a0}h\u{a0}01");
    assert_eq!(of(719), "11\u{a0}min");
    assert_eq!(of(59), "moins d’une minute");
    assert_eq!(of(-3600), "moins d’une minute");
}

#[test]
fn seniority_counts_completed_months() {
    let since = day(2022, 3, 12);
    assert_eq!(seniority(since, day(2026, 11, 23)), "4\u{a0}ans 8\u{a0}mois");
    assert_eq!(seniority(since, day(2026, 11, 11)), "4\u{a0}ans 7\u{a0}mois");
    assert_eq!(seniority(since, day(2023, 3, 12)), "1\u{a0}an");
    assert_eq!(seniority(since, day(2023, 4, 12)), "1\u{a0}an 1\u{a0}mois");
    assert_eq!(seniority(since, day(2022, 11, 23)), "8\u{a0}mois");
    assert_eq!(seniority(since, day(2022, 4, 11)), "moins d’un mois");
    assert_eq!(seniority(since, day(2021, 1, 1)), "moins d’un mois");
    assert_eq!(seniority(day(2026, 1, 31), day(2026, 2, 28)), "1\u{a0}mois");
}

#[test]
fn money_groups_thousands_and_has_a_true_minus() {
    assert_eq!(money(148_800), "1\u{202f}488,00\u{a0}€");
    assert_eq!(money(33_260), "332,60\u{a0}€");
    assert_eq!(money(-18_705), "\u{2212}187,05\u{a0}€");
    assert_eq!(money(-5), "\u{2212}0,05\u{a0}€");
    assert_eq!(money(0), "0,00\u{a0}€");
    assert_eq!(money(123_456_789), "1\u{202f}234\u{202f}567,89\u{a0}€");
    assert!(money(i64::MIN).starts_with("\u{2212}92\u{202f}233"));
}

#[test]
fn money_is_rounded_away_from_zero_at_the_half() {
    assert_eq!(money_round(148_800), "1\u{202f}488\u{a0}€");
    assert_eq!(money_round(148_849), "1\u{202f}488\u{a0}€");
    assert_eq!(money_round(148_850), "1\u{202f}489\u{a0}€");
    assert_eq!(money_round(-50), "\u{2212}1\u{a0}€");
    assert_eq!(money_round(-49), "0\u{a0}€");
    assert_eq!(money_round(99_999), "1\u{202f}000\u{a0}€");
}

#[test]
fn rates_and_areas_take_a_comma() {
    assert_eq!(rate(224), "22,4\u{a0}%");
    assert_eq!(rate(330), "33\u{a0}%");
    assert_eq!(rate(5), "0,5\u{a0}%");
    assert_eq!(rate(-12), "\u{2212}1,2\u{a0}%");
    assert_eq!(area(6450), "64,50\u{a0}m²");
    assert_eq!(area(4100), "41\u{a0}m²");
    assert_eq!(area(905), "9,05\u{a0}m²");
}

#[test]
fn the_plural_begins_at_two() {
    assert_eq!(count(0, "fiche", "fiches"), "0\u{a0}fiche");
    assert_eq!(count(1, "fiche", "fiches"), "1\u{a0}fiche");
    assert_eq!(count(2, "fiche", "fiches"), "2\u{a0}fiches");
    assert_eq!(count(1200, "trace", "traces"), "1\u{202f}200\u{a0}traces");
}

#[test]
fn the_applicants_number_stands_in_blocks() {
    let blocks = "099\u{a0}03\u{a0}22\u{a0}004817\u{a0}G0991";
    assert_eq!(nur_blocks("099032200481 7G0991"), blocks);
    assert_eq!(nur_blocks("099032200" /* cut short */), "099032200");
    assert_eq!(nur_blocks(blocks), blocks);
    assert_eq!(nur_blocks("é99032200481 7G0991"), "é99\u{a0}03\u{a0}22\u{a0}004817\u{a0}G0991");
}

#[test]
fn a_list_ends_with_et() {
    assert_eq!(list_and::<&str>(&[]), "");
    assert_eq!(list_and(&["Valbourg"]), "Valbourg");
    assert_eq!(list_and(&["Valbourg", "Mérizeau"]), "Valbourg et Mérizeau");
    assert_eq!(list_and(&["a", "b", "c"]), "a, b et c");
}
