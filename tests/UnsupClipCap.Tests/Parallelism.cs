using Xunit;

// libtorch's default random generator is one per process: tests that seed it must not run side by side.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
