//! When people watch: the rhythm of the day and of the week.

use chrono::{DateTime, Utc};
use rand::RngExt;

use super::chance::Chance;

/// A minute in milliseconds.
pub(super) const MINUTE: i64 = 60_000;
/// An hour in milliseconds.
pub(super) const HOUR: i64 = 60 * MINUTE;
/// A day in milliseconds.
pub(super) const DAY: i64 = 24 * HOUR;

/// How much is watched in each hour of the day in UTC, the busiest being 100: little before dawn, a small
/// peak at noon, the great one in the evening.
///
/// The shape is that of the daily request rates of a video-on-demand system with 150,000 users, with peaks at
/// the noon break and after work: Yu, Zheng, Zhao, Zheng, "Understanding User Behavior in Large-Scale
/// Video-on-Demand Systems", `EuroSys` 2006. The numbers are ours.
const HOURS: [u8; 24] = [34, 22, 14, 9, 6, 6, 8, 13, 19, 24, 29, 35, 44, 42, 36, 36, 41, 50, 63, 80, 95, 100, 86, 58];

/// How much is watched on each day of the week from Monday on, the busiest being 100: the weekend is the
/// peak, as in the system above.
const WEEKDAYS: [u8; 7] = [62, 60, 62, 66, 80, 100, 96];

/// After how many refused proposals a moment is taken as it comes. A proposal is taken in about one of three
/// cases, so this happens only where the span lies in the night.
const PROPOSALS: u32 = 24;

/// A moment from `from` to `to`, in milliseconds since 1970, that keeps the rhythm; `from` if there is nothing
/// between.
pub(super) fn moment(chance: &mut Chance, from: i64, to: i64) -> i64 {
    if from >= to {
        return from;
    }
    for _ in 0..PROPOSALS {
        let proposal = chance.random_range(from..=to);
        if chance.random_range(0..10_000) < weight(proposal) {
            return proposal;
        }
    }
    chance.random_range(from..=to)
}

/// How much is watched at a moment, of at most 10,000.
fn weight(moment: i64) -> u32 {
    u32::from(HOURS[hour(moment)]) * u32::from(WEEKDAYS[weekday(moment)])
}

/// The hour of the day.
fn hour(moment: i64) -> usize {
    usize::try_from(moment.div_euclid(HOUR).rem_euclid(24)).unwrap_or_default()
}

/// The day of the week, Monday being 0: the first day of 1970 was a Thursday.
fn weekday(moment: i64) -> usize {
    usize::try_from((moment.div_euclid(DAY) + 3).rem_euclid(7)).unwrap_or_default()
}

/// A moment as the graph takes it.
pub(super) fn date_time(moment: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(moment).unwrap_or(DateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::super::chance::{Chances, Purpose};
    use super::*;

    #[test]
    fn evenings_and_weekends_are_the_busiest() {
        let mut chance = Chances::new(1).of(Purpose::Shape, 0);
        let (mut hours, mut weekdays) = ([0_u32; 24], [0_u32; 7]);
        for _ in 0..50_000 {
            let moment = moment(&mut chance, 1_735_689_600_000, 1_735_689_600_000 + 364 * DAY);
            hours[hour(moment)] += 1;
            weekdays[weekday(moment)] += 1;
        }
        let busiest = (0..24).max_by_key(|hour| hours[*hour]);
        assert!(matches!(busiest, Some(20 | 21)), "{hours:?}");
        assert!(hours[21] > 10 * hours[4], "{hours:?}");
        assert!(hours[12] > hours[10] && hours[12] > hours[14], "a small peak at noon: {hours:?}");
        assert!(weekdays[5] > weekdays[4] && weekdays[6] > weekdays[4], "{weekdays:?}");
        assert!(2 * weekdays[5] > 3 * weekdays[1] && weekdays[5] < 2 * weekdays[1], "{weekdays:?}");
    }

    #[test]
    fn weekdays_are_those_of_the_calendar() {
        // 2026-01-01 was a Thursday.
        assert_eq!((weekday(1_767_225_600_000), hour(1_767_225_600_000)), (3, 0));
        assert_eq!(moment(&mut Chances::new(1).of(Purpose::Shape, 0), 5, 5), 5);
    }
}
