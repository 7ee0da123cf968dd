public import Components
public import Records

/// Receives a run's events, besides the console and the store.
public typealias Reporter = (_ event: Event) throws -> Void

extension Point where Product == Reporter {
    /// Receivers of a run's events.
    public static var reporter: Point { Point(ExtensionPoint.reporter) }
}

extension ExtensionPoint {
    /// Receivers of a run's events.
    public static let reporter = ExtensionPoint("reporter")
}
