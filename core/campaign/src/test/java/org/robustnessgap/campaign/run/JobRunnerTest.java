package org.robustnessgap.campaign.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.generator.GeneratorModel;
import org.robustnessgap.attack.projection.ImageInversion;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.GeneratorReference;
import org.robustnessgap.messages.Inversion;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.ModelIdentity;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.TransferPlan;
import org.robustnessgap.messages.TransferResult;
import org.robustnessgap.messages.Window;
import org.robustnessgap.onnx.TestGraph;

/** Models are replaced under their names while they are measured. */
class JobRunnerTest {
  private static final GeneratorReference GENERATOR = new GeneratorReference("g", "g.onnx", 2);
  private static final ModelReference CLASSIFIER = new ModelReference("f", "f.onnx");
  private static final ModelReference OTHER = new ModelReference("h", "h.onnx");

  @TempDir private Path folder;

  private final List<Provenance> observed = new ArrayList<>();
  private Replacing models;
  private JobRunner runner;

  /** Opens models, and has one replaced while it is worked with. */
  private final class Replacing implements Models {
    private final ModelCache cache = new ModelCache(folder, new OnnxRuntimeEngine(1));
    private int replacements;
    private int opened;

    @Override
    public GeneratorModel generator(GeneratorReference reference) {
      return cache.generator(reference);
    }

    @Override
    public AttackTarget target(GeneratorReference generator, ModelReference classifier) {
      AttackTarget target = cache.target(generator, classifier);
      opened++;
      if (replacements > 0) {
        replacements--;
        write(CLASSIFIER.location(), new float[][] {{1, 0}, {0, 2 + opened}});
      }
      return target;
    }

    @Override
    public ModelIdentity identity(ModelReference classifier) {
      return cache.identity(classifier);
    }

    @Override
    public ImageInversion inversion(Inversion plan) {
      return cache.inversion(plan);
    }

    @Override
    public Engine engine() {
      return cache.engine();
    }

    @Override
    public void close() {
      cache.close();
    }
  }

  @BeforeEach
  void open() {
    write("g.onnx", new float[][] {{1, 0}, {0, 1}});
    write("f.onnx", new float[][] {{1, 0}, {0, 1}});
    write("h.onnx", new float[][] {{1, 0}, {0, 1}});
    models = new Replacing();
    runner =
        new JobRunner(
            "here", models, (job, provenance, target, attacked) -> observed.add(provenance));
  }

  @AfterEach
  void close() {
    runner.close();
  }

  /** By renaming, as one must. */
  private void write(String name, float[][] weights) {
    try {
      Path written =
          Files.write(folder.resolve("written"), TestGraph.linear("f", weights).toBytes());
      Files.move(written, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Job.Attack job() {
    return new Job.Attack(
        new JobId("c", JobKind.ATTACK, "f", 0),
        GENERATOR,
        CLASSIFIER,
        new Window(0, 2),
        AttackPlan.standard(),
        new LatentBatch(0, 2, new float[] {1, 0, 2, 0}));
  }

  @Test
  void aResultSaysWhichVersionItIsOf() {
    ModelIdentity before = models.identity(CLASSIFIER);
    Provenance first = ((AttackResult) runner.run(job())).provenance();
    write("f.onnx", new float[][] {{1, 0}, {0, 3}});
    Provenance second = ((AttackResult) runner.run(job())).provenance();

    assertThat(before.digest()).hasSize(64);
    assertThat(first.model()).isEqualTo(before);
    assertThat(first.access()).as("gradients go without saying").isNull();
    assertThat(second.model()).isEqualTo(models.identity(CLASSIFIER)).isNotEqualTo(before);
    assertThat(second.ofAnyVersion()).isEqualTo(first.ofAnyVersion());
  }

  @Test
  void aJobWhoseModelIsReplacedMeanwhileIsPutOffAndDoneAgainWithTheNewOne() {
    models.replacements = 1;

    assertPutOff(job());
    assertThat(observed).as("what nobody knows of whom it was found").isEmpty();
    AttackResult result = (AttackResult) runner.run(job());

    assertThat(models.opened).isEqualTo(2);
    assertThat(result.provenance().model()).isEqualTo(models.identity(CLASSIFIER));
    assertThat(result.samples()).hasSize(2);
    assertThat(observed).containsExactly(result.provenance());
  }

  private void assertPutOff(Job job) {
    assertThatThrownBy(() -> runner.run(job))
        .isInstanceOfSatisfying(
            JobPutOffException.class,
            e -> assertThat(e.failure(job, "here").seconds()).as("at once").isZero())
        .hasMessageStartingWith("f changed in mid-work");
  }

  @Test
  void aResultOfAPairSaysWhichVersionsOfBothItIsOf() {
    models.replacements = 1;
    TransferPlan plan = new TransferPlan(2, 2, org.robustnessgap.messages.Effort.FAST);
    Job.Transfer job =
        new Job.Transfer(
            new JobId("c", JobKind.TRANSFER, "f~h", 0),
            GENERATOR,
            CLASSIFIER,
            OTHER,
            plan,
            new LatentBatch(0, 2, new float[] {1, 0, 2, 0}));

    assertPutOff(job);
    TransferResult result = (TransferResult) runner.run(job);

    assertThat(models.opened).isEqualTo(4);
    assertThat(result.provenance().model()).isEqualTo(models.identity(CLASSIFIER));
    assertThat(result.provenance().second()).isEqualTo(models.identity(OTHER));
  }
}
