package hours

import "math"

// event is something the sun does every day.
type event uint8

const (
	noEvent event = iota
	dawn
	sunrise
	sunset
	dusk
)

var events = map[string]event{"dawn": dawn, "sunrise": sunrise, "sunset": sunset, "dusk": dusk}

// sun is the minute of the day, by the clock of Warsaw, at which the event is at a position; ok is false where the sun does not
// do so on that day. By the equations of NOAA's solar calculator (J. Meeus, Astronomical Algorithms), within a minute up to the
// polar circles. Sunrise and sunset are those of the upper edge with refraction (90.833°), dawn and dusk those of civil twilight (96°).
func (e event) sun(d date, lon, lat float64) (minute int, ok bool) {
	zenith, sign := 90.833, -1.0
	if e == dawn || e == dusk {
		zenith = 96
	}
	if e == sunset || e == dusk {
		sign = 1
	}
	midnight := d.utc()
	minutes := 720 - 4*lon // noon, about
	for range 3 {
		declination, equation := solar(float64(midnight.Unix())/86400 + 2440587.5 + minutes/1440)
		cos := math.Cos(rad(zenith))/(math.Cos(rad(lat))*math.Cos(declination)) - math.Tan(rad(lat))*math.Tan(declination)
		if !(cos >= -1 && cos <= 1) {
			return 0, false
		}
		minutes = 720 - 4*lon - equation + sign*4*deg(math.Acos(cos))
	}
	at := midnight.Add(minuteSpan(minutes)).In(Warsaw)
	minute = at.Hour()*60 + at.Minute()
	switch there := dateOf(at); { // far from Warsaw the event of the day may be on another by its clock
	case there.number() < d.number():
		minute -= day
	case there.number() > d.number():
		minute += day
	}
	return minute, true
}

// solar gives the declination of the sun in radians and the equation of time in minutes.
func solar(julian float64) (declination, equation float64) {
	t := (julian - 2451545) / 36525
	mean := rad(math.Mod(280.46646+t*(36000.76983+t*0.0003032), 360))
	anomaly := rad(357.52911 + t*(35999.05029-0.0001537*t))
	eccentricity := 0.016708634 - t*(0.000042037+0.0000001267*t)
	centre := math.Sin(anomaly)*(1.914602-t*(0.004817+0.000014*t)) + math.Sin(2*anomaly)*(0.019993-0.000101*t) + math.Sin(3*anomaly)*0.000289
	omega := rad(125.04 - 1934.136*t)
	apparent := rad(deg(mean) + centre - 0.00569 - 0.00478*math.Sin(omega))
	obliquity := rad(23 + (26+(21.448-t*(46.815+t*(0.00059-t*0.001813)))/60)/60 + 0.00256*math.Cos(omega))
	declination = math.Asin(math.Sin(obliquity) * math.Sin(apparent))
	y := math.Tan(obliquity / 2)
	y *= y
	equation = 4 * deg(y*math.Sin(2*mean)-2*eccentricity*math.Sin(anomaly)+4*eccentricity*y*math.Sin(anomaly)*math.Cos(2*mean)-
		y*y*math.Sin(4*mean)/2-1.25*eccentricity*eccentricity*math.Sin(2*anomaly))
	return declination, equation
}

func rad(degrees float64) float64 { return degrees * math.Pi / 180 }
func deg(radians float64) float64 { return radians * 180 / math.Pi }
