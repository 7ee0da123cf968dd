import Records
import Testing

struct RunRequestTests {
    private static let request = RunRequest(
        file: "my.lua", seed: 7,
        changes: [RunRequest.Change("learner.order", "2"), RunRequest.Change("arms", "[\"a b\"]")],
        plugins: ["plugins", "/else"], data: "omniglot", allowed: ["clock"], folder: "/here")

    @Test func `a request comes back as it was`() throws {
        let text = try RecordCoding.json(Self.request)
        #expect(try RecordCoding.decode(RunRequest.self, from: text) == Self.request)
        #expect(text.contains(#""typed":"--set learner.order=2""#))
        let least = RunRequest(file: "my.lua")
        #expect(
            try RecordCoding.decode(RunRequest.self, from: RecordCoding.json(least)) == least)
    }

    @Test func `its paths lead from another folder where they led`() {
        let there = Self.request.reachable(from: "/there")
        #expect(there.file == "/here/my.lua")
        #expect(there.plugins == ["/here/plugins", "/else"])
        #expect(there.data == "/here/omniglot")
        #expect(there.allowed == ["clock"])
        #expect(Self.request.reachable(from: "/here") == Self.request)
        let nowhere = RunRequest(file: "my.lua")
        #expect(nowhere.reachable(from: "/there") == nowhere)
    }

    @Test(arguments: [
        (#"{"api":2,"what":1}"#, "reads requests of api = 1, and this one is of api = 2 at api"),
        (#"{"file":"my.lua"}"#, "“api” is missing"),
        (#"{"api":1}"#, "“file” is missing"),
        (#"{"api":1,"file":"my.lua","plugins":[],"allowed":[]}"#, "“changes” is missing"),
        (
            #"{"api":1,"file":"my.lua","changes":[{"path":"a"}],"plugins":[],"allowed":[]}"#,
            "“value” is missing at changes."
        ),
    ])
    func `a request that cannot be read says what is missing, or its version`(
        text: String, message: String
    ) {
        let error = #expect(throws: RecordsError.self) {
            _ = try RecordCoding.decode(RunRequest.self, from: text)
        }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }
}
