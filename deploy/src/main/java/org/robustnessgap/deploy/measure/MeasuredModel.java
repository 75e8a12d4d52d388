package org.robustnessgap.deploy.measure;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.ModelIdentity;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.SampleResult;

/**
 * What was measured of one classifier.
 *
 * @param name what the user calls it
 * @param provenance of all its samples
 * @param samples by ordinal
 */
record MeasuredModel(String name, Provenance provenance, SortedMap<Long, SampleResult> samples) {
  MeasuredModel {
    samples = Collections.unmodifiableSortedMap(new TreeMap<>(samples));
  }

  /** Without the samples of versions that an earlier result was of. */
  static MeasuredModel plus(String name, @Nullable MeasuredModel known, AttackResult result) {
    Provenance provenance = result.provenance();
    if (provenance == null) {
      throw new IllegalStateException("a result of this program tells its provenance");
    }
    SortedMap<Long, SampleResult> samples = new TreeMap<>();
    if (known != null && known.provenance().equals(provenance)) {
      samples.putAll(known.samples());
    }
    result.samples().forEach(sample -> samples.put(sample.ordinal(), sample));
    return new MeasuredModel(name, provenance, samples);
  }

  /** For people, for instance {@code digits.onnx, sha256 50311b2912aa}. */
  String describe() {
    ModelIdentity model = provenance.model();
    return model == null ? name : name + ", " + model.describe();
  }
}
