using Xunit.Abstractions;
using Xunit.Sdk;

namespace DistributedTrainer.Learning.Tests;

/// <summary>A theory over the golden layers; those that the product does not have yet are reported as skipped, by name.</summary>
[XunitTestCaseDiscoverer("DistributedTrainer.Learning.Tests.GoldenLayerDiscoverer", "DistributedTrainer.Learning.Tests")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class GoldenLayerTheoryAttribute : TheoryAttribute;

/// <summary>Turns each row (index, layer) into a test, or a skipped one.</summary>
public sealed class GoldenLayerDiscoverer(IMessageSink diagnostics) : TheoryDiscoverer(diagnostics)
{
    protected override IEnumerable<IXunitTestCase> CreateTestCasesForDataRow(
        ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo theoryAttribute, object[] dataRow)
    {
        var layer = (string)dataRow[1];
        return GoldenLayers.Exists(layer)
            ? base.CreateTestCasesForDataRow(discoveryOptions, testMethod, theoryAttribute, dataRow)
            : CreateTestCasesForSkippedDataRow(
                discoveryOptions, testMethod, theoryAttribute, dataRow, $"The layer {layer} does not exist yet.");
    }
}
