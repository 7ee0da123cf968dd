import Benchmarks
for t in [1, 2] {
    print(try MetaLearningBenchmarks.mamlConv4(threads: t, order: 1, innerSteps: 1))
    print(try MetaLearningBenchmarks.cellSupernet(threads: t))
}
print(try MetaLearningBenchmarks.mamlConv4(threads: 2, order: 2, innerSteps: 1))
