/// Colours for a terminal that has them; for files, pipes and `NO_COLOR` the text stays as it is.
package struct Ink: Sendable, Equatable {
    /// A colour or a weight, as the terminal's own palette gives it.
    package enum Style: String, Sendable {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case cyan = "36"
    }

    /// Whether anything is coloured.
    package let isOn: Bool

    /// No colours.
    package static let none = Ink(isOn: false)
    /// Colours.
    package static let colours = Ink(isOn: true)

    /// The text in a style. It must be measured before: control codes have no width.
    package func paint(_ text: String, _ style: Style) -> String {
        isOn && !text.isEmpty ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }
}
