package org.robustnessgap.benchmarks;

import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.generator.GeneratorModel;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.EngineSettings;
import org.robustnessgap.messages.Algorithm;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.Effort;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Space;
import org.robustnessgap.onnx.graph.OnnxModel;

/**
 * Minimal perturbations of a batch of images, in searches by DeepFool. How short they are is in
 * docs/measurements.
 */
@State(Scope.Thread)
public class DescentBenchmark {
  private static final int SAMPLES = 16;

  @Param({"mnist-mlp", "mnist-lenet"})
  private String classifier = "";

  private Engine engine;
  private GeneratorModel generator;
  private AttackTarget target;
  private LatentBatch latents;

  @Setup
  public void open() {
    engine = EngineSettings.standard().open();
    generator = GeneratorModel.open(OnnxModel.read(Models.generatorOf(classifier)), engine);
    target = AttackTarget.open(generator, OnnxModel.read(Models.file(classifier)), engine);
    latents = Models.latents(generator.latentDimension(), SAMPLES);
  }

  @Baseline
  @Benchmark
  public List<SampleResult> deepFool() {
    return search(Algorithm.DeepFool.standard());
  }

  @Benchmark
  public List<SampleResult> fastDescent() {
    return search(new Algorithm.BoundaryDescent(Effort.FAST));
  }

  @Benchmark
  public List<SampleResult> standardDescent() {
    return search(new Algorithm.BoundaryDescent(Effort.STANDARD));
  }

  private List<SampleResult> search(Algorithm algorithm) {
    return target.attack(latents, AttackPlan.of(List.of(Space.UNCONSTRAINED), algorithm));
  }

  @TearDown
  public void close() {
    target.close();
    generator.close();
    engine.close();
  }
}
