internal import Evaluation
import Experiments
import Tensors

/// What `apogee doctor --kernels` prints: a row for each operation and the code that serves it.
enum KernelTable {
    static func lines(_ surveys: [KernelSurvey], width: Int?, ink: Ink = .none) -> [String] {
        var rows: [(service: OperationService, sizes: Set<String>, networks: [String])] = []
        for survey in surveys {
            for service in survey.services {
                let place = rows.firstIndex {
                    $0.service.operation == service.operation
                        && $0.service.implementation == service.implementation
                }
                guard let place else {
                    rows.append((service, [service.sizes], [survey.network]))
                    continue
                }
                rows[place].sizes.insert(service.sizes)
                if !rows[place].networks.contains(survey.network) {
                    rows[place].networks.append(survey.network)
                }
            }
        }
        rows.sort { $0.service < $1.service }
        var table = TextTable([
            .words("operation"), .words("sizes"), .words("served by"), .words("in"), .words("note"),
        ])
        for row in rows {
            let more = row.sizes.count > 1 ? " and \(row.sizes.count - 1) more" : ""
            table.add([
                row.service.operation, row.service.sizes + more, row.service.implementation,
                row.networks.joined(separator: " "),
                row.service.isReference ? "SLOW: reference code" : "",
            ])
        }
        let slow = rows.count { $0.service.isReference }
        let verdict =
            slow == 0
            ? "no operation runs reference code"
            : "\(slow) of \(rows.count) rows run reference code, many times slower than it could be; "
                + "a newer oneDNN or other numbers of channels may help"
        return table.lines(width: width, ink: ink) + ["", verdict]
    }
}
