"""Times as pages and commands want them: of the demo's day, and of months by the clock of a zone."""
import datetime
import zoneinfo

UTC = datetime.timezone.utc


def text(moment):
    """RFC 3339, to the second, in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def yesterday(hour, minute=0):
    """A time of the demo's day; hour 24 is its end."""
    midnight = datetime.datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + datetime.timedelta(days=-1, hours=hour, minutes=minute)


def around_bad_hour():
    """From one hour before the demo's bad hour to one behind it."""
    return text(yesterday(13)), text(yesterday(16))


def bad_hour():
    return text(yesterday(14)), text(yesterday(15))


def last_month(zone):
    """Its beginning and its end by the calendar of a zone."""
    end = datetime.datetime.now(zoneinfo.ZoneInfo(zone)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (end - datetime.timedelta(days=1)).replace(day=1), end


def shown(moment, zone):
    """As pages write it: by the clock of a zone, to the minute."""
    return moment.astimezone(zoneinfo.ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
