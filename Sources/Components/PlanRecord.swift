/// The canonical JSON text of checked options: keys in the order of the specification, every
/// default written out, numbers in their shortest exact form. Equal plans have equal texts.
///
/// A component is its name, or `{"name": {options}}` where it has options; a function of a script
/// is `"function FILE:LINE"`; an option that was left out is `null`.
package enum PlanRecord {
    /// The text of `options`, on one line or indented by two spaces.
    package static func json(_ options: Options, pretty: Bool) -> String {
        var writer = Writer(pretty: pretty)
        writer.object(options)
        return writer.text
    }

    /// A 64-bit hash of a text, 16 hexadecimal digits.
    ///
    /// Source: FNV-1a (Fowler, Noll, Vo; draft-eastlake-fnv).
    package static func hash(_ text: String) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private struct Writer {
        let pretty: Bool
        var text = ""
        var depth = 0

        init(pretty: Bool) { self.pretty = pretty }

        mutating func object(_ options: Options) {
            bracketed("{", "}", options.entries) { writer, entry in
                writer.string(entry.name)
                writer.text += writer.pretty ? ": " : ":"
                writer.value(entry.value)
            }
        }

        mutating func value(_ value: OptionValue) {
            switch value {
            case .absent: text += "null"
            case .boolean(let flag): text += flag ? "true" : "false"
            case .integer(let whole): text += "\(whole)"
            case .number(let number): text += NumberRange.text(number)
            case .string(let content): string(content)
            case .list(let items): bracketed("[", "]", items) { $0.value($1) }
            case .section(let options): object(options)
            case .function(let function): string(function.description)
            case .component(.function(let function)): string(function.description)
            case .component(.named(let name, let options)):
                guard !options.entries.isEmpty else { return string(name) }
                bracketed("{", "}", [options]) { writer, options in
                    writer.string(name)
                    writer.text += writer.pretty ? ": " : ":"
                    writer.object(options)
                }
            }
        }

        private mutating func bracketed<Item>(
            _ open: String, _ close: String, _ items: [Item], _ write: (inout Writer, Item) -> Void
        ) {
            text += open
            depth += 1
            for (index, item) in items.enumerated() {
                if index > 0 { text += "," }
                breakLine()
                write(&self, item)
            }
            depth -= 1
            if !items.isEmpty { breakLine() }
            text += close
        }

        private mutating func breakLine() {
            guard pretty else { return }
            text += "\n" + String(repeating: "  ", count: depth)
        }

        private mutating func string(_ content: String) {
            text += "\""
            for scalar in content.unicodeScalars {
                switch scalar {
                case "\"": text += "\\\""
                case "\\": text += "\\\\"
                case "\n": text += "\\n"
                case "\t": text += "\\t"
                case _ where scalar.value < 0x20:
                    let digits = String(scalar.value, radix: 16)
                    text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                default: text.unicodeScalars.append(scalar)
                }
            }
            text += "\""
        }
    }
}
