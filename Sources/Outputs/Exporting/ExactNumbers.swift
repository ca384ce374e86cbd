import Domain
import JSONTexts
import Projections

// Numbers are written from integers, digit by digit: what was added up exactly is not rounded by a double on its way
// out.

/// Nanoseconds in seconds.
func secondsText(_ nanoseconds: Int128) -> String { DecimalText.render(nanoseconds, scale: 9) }

/// Pico-USD in USD.
func dollarText(_ picoUSD: Int128) -> String { DecimalText.renderUSD(picoUSD) }
