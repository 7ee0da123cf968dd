import LuaHost

/// What the text before the cursor asks for.
enum CompletionRequest: Hashable {
    /// A name that begins so: a reserved word, a local of the statement, or a global.
    case name(String, locals: [String])
    /// A field of a value, or a method where a colon stands.
    case member(String, of: ValuePath, methodsOnly: Bool)
    /// A module, in the string that `require` is given.
    case module(String)
    /// Nothing that can be known without running the text.
    case nothing

    /// A value that is reached from a global, or from a string, by constant keys.
    struct ValuePath: Hashable {
        /// The global; nil for a string.
        var global: String?
        /// The keys, outermost first.
        var keys: [Key] = []
    }

    /// A constant key.
    enum Key: Hashable {
        case name(String)
        case place(Int)
    }

    /// Reads what a text asks for that ends at the cursor, from the beginning of its statement.
    init(before text: String) {
        let lexed = LuaTokens(text)
        var tokens = lexed.tokens
        switch lexed.end {
        case .closed: self = .nothing
        case .string(let content): self = Self.module(content, after: tokens)
        case .apart: self = Self.completing("", after: tokens)
        case .touching:
            switch tokens.last {
            case .word(let word):
                tokens.removeLast()
                self = Self.completing(word, after: tokens)
            // A value ends here, and nothing can follow it at once.
            case .number, .string, .mark(")"), .mark("]"), .mark("}"), .mark("..."):
                self = .nothing
            default: self = Self.completing("", after: tokens)
            }
        }
    }

    private static func module(_ content: String, after tokens: [LuaTokens.Token]) -> Self {
        var tokens = tokens[...]
        if tokens.last == .mark("(") { tokens.removeLast() }
        guard tokens.popLast() == .word("require") else { return .nothing }
        return tokens.last == .mark(".") || tokens.last == .mark(":") ? .nothing : .module(content)
    }

    private static func completing(_ beginning: String, after tokens: [LuaTokens.Token]) -> Self {
        let locals = locals(of: tokens)
        switch tokens.last {
        case .mark("."), .mark(":"):
            guard let path = path(before: tokens.count - 1, tokens),
                // What a local holds is known when the text runs, not before.
                path.global.map({ !locals.contains($0) }) ?? true
            else { return .nothing }
            return .member(beginning, of: path, methodsOnly: tokens.last == .mark(":"))
        case .word("local"), .word("for"), .word("goto"), .mark("::"):
            return .nothing
        case .word("function") where tokens.dropLast().last == .word("local"):
            return .nothing
        default:
            return .name(beginning, locals: locals)
        }
    }

    // MARK: The value before a dot or colon

    /// The value that ends before a place: `a`, `a.b`, `a.b[1]`, `a["b"].c`, `("text")`.
    private static func path(before end: Int, _ tokens: [LuaTokens.Token]) -> ValuePath? {
        var keys: [Key] = []
        var place = end
        while place > 0 {
            place -= 1
            switch tokens[place] {
            case .word(let name):
                guard !LuaSyntax.keywords.contains(name) else { return nil }
                if place > 0, tokens[place - 1] == .mark(":") { return nil }
                guard place > 0, tokens[place - 1] == .mark(".") else {
                    return ValuePath(global: name, keys: keys.reversed())
                }
                keys.append(.name(name))
                place -= 1
            case .mark("]"):
                guard place >= 2, tokens[place - 2] == .mark("["),
                    let key = key(tokens[place - 1])
                else { return nil }
                keys.append(key)
                place -= 2
            case .mark(")"):
                guard place >= 2, tokens[place - 2] == .mark("("),
                    case .string = tokens[place - 1], !isCalled(before: place - 2, tokens)
                else { return nil }
                return ValuePath(global: nil, keys: keys.reversed())
            default:
                return nil
            }
        }
        return nil
    }

    private static func key(_ token: LuaTokens.Token) -> Key? {
        switch token {
        // What an escape stands for is not looked up.
        case .string(let text): text.contains("\\") ? nil : .name(text)
        case .number(let text): Int(text).map(Key.place)
        default: nil
        }
    }

    /// Whether a bracket that opens at a place calls what stands before it.
    private static func isCalled(before place: Int, _ tokens: [LuaTokens.Token]) -> Bool {
        guard place > 0 else { return false }
        switch tokens[place - 1] {
        case .word(let word): return !LuaSyntax.keywords.contains(word)
        case .string, .mark(")"), .mark("]"), .mark("}"): return true
        default: return false
        }
    }

    // MARK: Locals

    /// The names that the statement itself gives to locals, loop variables and parameters, also
    /// where their block has ended.
    private static func locals(of tokens: [LuaTokens.Token]) -> [String] {
        var names: Set<String> = []
        for (place, token) in tokens.enumerated() {
            var rest = tokens[(place + 1)...]
            switch token {
            case .word("local"):
                if rest.first == .word("function") { rest.removeFirst() }
            case .word("for"): break
            case .word("function"):
                guard let open = rest.firstIndex(of: .mark("(")) else { continue }
                rest = rest[(open + 1)...]
            default: continue
            }
            list: for token in rest {
                switch token {
                case .word(let name) where !LuaSyntax.keywords.contains(name): names.insert(name)
                // `local x <const>` names an attribute as well; it does no harm.
                case .mark(","), .mark("<"), .mark(">"): continue
                default: break list
                }
            }
        }
        return names.sorted()
    }
}
