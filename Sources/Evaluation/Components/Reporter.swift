public import Components
public import Records

/// Receives a run's events, besides the console and the store.
public typealias Reporter = (_ event: Event) throws -> Void

/// What happens when a reporter fails.
public enum ReporterFailurePolicy: String, Sendable, Hashable, Codable, CaseIterable {
    /// The run says so once, goes on, and does not call the reporter again.
    case warn
    /// The run fails.
    case stop
}

extension Point where Product == Reporter {
    /// Receivers of a run's events.
    public static var reporter: Point {
        Point("reporter") { function, builder in
            try builder.scripts.make(function, at: .reporter)
        }
    }
}

extension ExtensionPoint {
    /// Receivers of a run's events.
    public static var reporter: ExtensionPoint { Point<Reporter>.reporter.id }
}
