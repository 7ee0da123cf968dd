import Foundation

extension CellBenchmark {
    /// The file of a data folder that holds the tables.
    public static let fileName = "accuracies.csv"

    /// The file of a data folder that holds the tables: `accuracies.csv` in it or in its
    /// `nas_bench_201`.
    ///
    /// - Throws: `DatasetError.missingFile`.
    public static func file(in directory: String) throws(DatasetError) -> String {
        let paths = [directory, FileSystem.join(directory, "nas_bench_201")].map {
            FileSystem.join($0, fileName)
        }
        guard let path = paths.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
            throw .missingFile(path: paths[0])
        }
        return path
    }

    /// Reads the tables of a file.
    ///
    /// The first row names the columns: `architecture`, and for each table `NAME_validation` and
    /// `NAME_test` with accuracies in percent; others are passed over. Every cell stands in one row.
    ///
    /// - Throws: `DatasetError` for a file that is missing, unreadable or holds something else.
    public init(path: String) throws(DatasetError) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .unreadableFile(path: path, reason: "it cannot be read")
        }
        guard !data.isEmpty else { throw .emptyFile(path: path) }
        try self.init(text: String(decoding: data, as: UTF8.self), path: path)
        for table in tables {
            if let number = table.validation.firstIndex(where: \.isNaN) {
                throw .malformedTable(
                    path: path, line: 0,
                    problem: "expected all \(CellBenchmark.cells) cells, found no row of "
                        + (CellBenchmark.text(of: CellBenchmark.genes(number: number)) ?? ""))
            }
        }
    }

    /// Reads tables of some cells; those without a row are NaN.
    ///
    /// - Throws: `DatasetError.malformedTable`, naming the line.
    package init(text: String, path: String) throws(DatasetError) {
        func wrong(_ line: Int, _ problem: String) -> DatasetError {
            .malformedTable(path: path, line: line, problem: problem)
        }
        let rows = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let header = rows.first.map { CSVRow.fields($0.drop { $0 == "\u{FEFF}" }) } ?? []
        guard let cell = header.firstIndex(of: "architecture") else {
            throw wrong(1, "expected a column \"architecture\"")
        }
        var columns: [(validation: Int, test: Int)] = []
        tables = []
        for name in CellBenchmark.names {
            guard let validation = header.firstIndex(of: name + "_validation"),
                let test = header.firstIndex(of: name + "_test")
            else { throw wrong(1, "expected columns \"\(name)_validation\" and \"\(name)_test\"") }
            columns.append((validation, test))
            let empty = [Double](repeating: .nan, count: CellBenchmark.cells)
            tables.append(Table(name: name, validation: empty, test: empty))
        }
        isSynthetic = false
        for (index, row) in rows.enumerated().dropFirst() where !row.isEmpty {
            let fields = CSVRow.fields(row)
            guard fields.count == header.count else {
                throw wrong(
                    index + 1, "expected \(header.count) fields, found \(fields.count)")
            }
            guard let genes = CellBenchmark.genes(of: fields[cell]),
                let number = CellBenchmark.number(of: genes)
            else { throw wrong(index + 1, "\"\(fields[cell])\" is not a cell") }
            guard tables[0].validation[number].isNaN else {
                throw wrong(index + 1, "\(fields[cell]) also occurs on an earlier line")
            }
            for (place, column) in columns.enumerated() {
                func accuracy(_ column: Int) throws(DatasetError) -> Double {
                    guard let percent = Double(fields[column]), (0...100).contains(percent) else {
                        throw wrong(
                            index + 1,
                            "\(header[column]): expected 0 to 100 percent, found "
                                + "\"\(fields[column])\"")
                    }
                    return percent / 100
                }
                tables[place].validation[number] = try accuracy(column.validation)
                tables[place].test[number] = try accuracy(column.test)
            }
        }
    }
}

/// A line of comma-separated values (RFC 4180) whose fields hold no line breaks.
enum CSVRow {
    /// The fields; one in quotes may hold commas, and a quote that is written twice.
    static func fields(_ row: Substring) -> [String] {
        var fields: [String] = []
        var field = ""
        var isQuoted = false
        var rest = row
        while let character = rest.popFirst() {
            switch character {
            case "\"" where isQuoted && rest.first == "\"":
                field.append("\"")
                rest.removeFirst()
            case "\"" where isQuoted: isQuoted = false
            case "\"" where field.isEmpty: isQuoted = true
            case "," where !isQuoted:
                fields.append(field)
                field = ""
            default: field.append(character)
            }
        }
        return fields + [field]
    }
}
