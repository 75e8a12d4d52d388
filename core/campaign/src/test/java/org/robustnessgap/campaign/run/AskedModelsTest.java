package org.robustnessgap.campaign.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.query.QueriedClassifier;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.messages.Access;
import org.robustnessgap.messages.Algorithm;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.Endpoint;
import org.robustnessgap.messages.GeneratorReference;
import org.robustnessgap.messages.InputContract;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.ModelIdentity;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Space;
import org.robustnessgap.onnx.TestGraph;

/** Classifiers that can only be asked, on the images of a generator. */
class AskedModelsTest {
  /** Two classes: which of the two pixels is the larger. */
  private static final class Larger implements QueriedClassifier {
    private final boolean wholeNumbers;
    private long queries;
    boolean closed;

    Larger(boolean wholeNumbers) {
      this.wholeNumbers = wholeNumbers;
    }

    @Override
    public String name() {
      return "larger";
    }

    @Override
    public Access access() {
      return Access.SCORES;
    }

    @Override
    public int classes() {
      return 2;
    }

    @Override
    public List<Long> imageShape() {
      return List.of(2L);
    }

    @Override
    public Rows sent(Rows images) {
      float[] values = images.values().clone();
      for (int i = 0; wholeNumbers && i < values.length; i++) {
        values[i] = Math.max(0, Math.min(255, Math.round(values[i])));
      }
      return new Rows(values, images.width());
    }

    @Override
    public Rows ask(Rows images) {
      queries += images.count();
      return images;
    }

    @Override
    public long queries() {
      return queries;
    }

    @Override
    public ModelIdentity identity() {
      return new ModelIdentity("1", null, null);
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private static final LatentBatch LATENTS = new LatentBatch(0, 2, new float[] {0.75f, 0.25f});
  private static final AttackPlan PLAN =
      AttackPlan.of(
          List.of(Space.LATENT, Space.UNCONSTRAINED), new Algorithm.QueryDescent(200, null));

  @TempDir Path folder;
  private final List<Larger> opened = new ArrayList<>();

  private ModelCache cache(Engine engine, boolean wholeNumbers) throws IOException {
    float[][] identity = {{1, 0}, {0, 1}};
    Files.write(folder.resolve("g.onnx"), TestGraph.linear("g", identity).toBytes());
    Files.write(folder.resolve("f.onnx"), TestGraph.linear("f", identity).toBytes());
    return new ModelCache(
        folder,
        engine,
        new ServedClassifiers() {
          @Override
          public QueriedClassifier open(ModelReference classifier, List<Long> image) {
            opened.add(new Larger(wholeNumbers));
            return opened.get(opened.size() - 1);
          }

          @Override
          public Registered fetch(String location) {
            throw new InvalidInputException("There is no " + location + ".");
          }
        });
  }

  private static ModelReference reference(InputContract contract, String surrogate) {
    Endpoint endpoint =
        new Endpoint(
            null, null, null, null, null, null, 200, null, null, null, null, surrogate, null);
    return new ModelReference("larger", "oip+http://h/v2/models/larger", null, contract, endpoint);
  }

  private static AttackTarget target(ModelCache models, ModelReference classifier) {
    return models.target(new GeneratorReference("g", "g.onnx", 2), classifier);
  }

  private static double distance(SampleResult sample, Space space) {
    return sample.spaces().get(space).distanceIfKnown().orElseThrow();
  }

  /** The boundary is the diagonal: √2/4 away from (¾, ¼). */
  @Test
  void isSearchedInAllSpacesWithoutGradientsAndEveryQuestionCounts() throws IOException {
    try (Engine engine = new OnnxRuntimeEngine(1);
        ModelCache models = cache(engine, false)) {
      AttackTarget target = target(models, reference(null, null));
      SampleResult sample = target.attack(LATENTS, PLAN).get(0);
      for (Space space : PLAN.spaces()) {
        assertThat(distance(sample, space)).isBetween(0.3535, 0.36);
        assertThat(sample.spaces().get(space).gradients()).isZero();
        assertThat(sample.spaces().get(space).forwards()).isLessThanOrEqualTo(200);
      }
      assertThat(target.queries()).isEqualTo(opened.get(opened.size() - 1).queries);
    }
    assertThat(opened).hasSize(1).allMatch(each -> each.closed);
  }

  @Test
  void gradientsAreNotTakenFromWhatHasNone() throws IOException {
    try (Engine engine = new OnnxRuntimeEngine(1);
        ModelCache models = cache(engine, false)) {
      AttackTarget target = target(models, reference(null, null));
      assertThatThrownBy(() -> target.attack(LATENTS, AttackPlan.standard()))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("larger can only be asked, and boundary-descent takes gradients");
      assertThatThrownBy(target::scores).isInstanceOf(InvalidInputException.class);
    }
  }

  /** Pixels in [0, 1] become 0 to 255; the label changes only where whole numbers do. */
  @Test
  void wholeNumbersAreSentOnlyWhereAContractSaysWhatPixelsAre() throws IOException {
    try (Engine engine = new OnnxRuntimeEngine(1);
        ModelCache models = cache(engine, true)) {
      assertThatThrownBy(() -> target(models, reference(null, null)))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("takes whole numbers")
          .hasMessageContaining("input contract");
      assertThat(opened.get(0).closed).isTrue();

      InputContract contract = new InputContract(null, null, null, null);
      SampleResult sample = target(models, reference(contract, null)).attack(LATENTS, PLAN).get(0);
      assertThat(distance(sample, Space.UNCONSTRAINED)).isBetween(0.35, 0.37);
    }
  }

  @Test
  void aSurrogateThatNoAttackFollowsIsRefused() throws IOException {
    try (Engine engine = new OnnxRuntimeEngine(1);
        ModelCache models = cache(engine, false)) {
      assertThatThrownBy(() -> target(models, reference(null, "f.onnx")))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("No attack follows a surrogate yet");
      assertThat(opened.get(0).closed).isTrue();
    }
  }
}
