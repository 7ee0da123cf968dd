extension Event: Codable {
    private enum Key: String, CodingKey {
        case event
    }

    /// The kinds by the word under the key `event`.
    private enum Kind: String, Codable, CaseIterable {
        case runStarted
        case phaseStarted
        case progress
        case metaUpdate
        case generation
        case trial
        case checkpoint
        case result
        case comparison
        case message
        case runEnded
    }

    /// Reads an event from one flat object.
    ///
    /// - Throws: `DecodingError`; ``RecordCoding`` turns it into a sentence.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let word = try container.decode(String.self, forKey: .event)
        guard let kind = Kind(rawValue: word) else {
            let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw DecodingError.dataCorruptedError(
                forKey: .event, in: container,
                debugDescription: "“\(word)” is no kind of event; there are \(known)")
        }
        switch kind {
        case .runStarted: self = .runStarted(try RunRecord(from: decoder))
        case .phaseStarted: self = .phaseStarted(try Phase(from: decoder))
        case .progress: self = .progress(try Progress(from: decoder))
        case .metaUpdate: self = .metaUpdate(try Update(from: decoder))
        case .generation: self = .generation(try Generation(from: decoder))
        case .trial: self = .trial(try Trial(from: decoder))
        case .checkpoint: self = .checkpoint(try Checkpoint(from: decoder))
        case .result: self = .result(try ArmResult(from: decoder))
        case .comparison: self = .comparison(try Comparison(from: decoder))
        case .message: self = .message(try Message(from: decoder))
        case .runEnded: self = .runEnded(try End(from: decoder))
        }
    }

    /// Writes the event as one flat object.
    ///
    /// - Throws: `EncodingError`; ``RecordCoding`` turns it into a sentence.
    public func encode(to encoder: any Encoder) throws {
        func write(_ kind: Kind, _ payload: some Encodable) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(kind, forKey: .event)
            try payload.encode(to: encoder)
        }
        switch self {
        case .runStarted(let payload): try write(.runStarted, payload)
        case .phaseStarted(let payload): try write(.phaseStarted, payload)
        case .progress(let payload): try write(.progress, payload)
        case .metaUpdate(let payload): try write(.metaUpdate, payload)
        case .generation(let payload): try write(.generation, payload)
        case .trial(let payload): try write(.trial, payload)
        case .checkpoint(let payload): try write(.checkpoint, payload)
        case .result(let payload): try write(.result, payload)
        case .comparison(let payload): try write(.comparison, payload)
        case .message(let payload): try write(.message, payload)
        case .runEnded(let payload): try write(.runEnded, payload)
        }
    }

    /// The event as one line of JSON, without the line break.
    ///
    /// - Throws: ``RecordsError/unencodable(record:detail:)``.
    public func jsonLine() throws(RecordsError) -> String {
        try RecordCoding.json(self)
    }

    /// Reads an event from one line of JSON.
    ///
    /// - Throws: ``RecordsError/unreadable(record:detail:)``.
    public init(jsonLine: String) throws(RecordsError) {
        self = try RecordCoding.decode(Event.self, from: jsonLine)
    }
}
