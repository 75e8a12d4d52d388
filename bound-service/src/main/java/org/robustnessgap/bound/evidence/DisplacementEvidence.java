package org.robustnessgap.bound.evidence;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.commons.math3.util.ResizableDoubleArray;
import org.robustnessgap.bound.limit.ProbabilisticModulus;
import org.robustnessgap.messages.RangeSet;
import org.robustnessgap.messages.SmoothnessResult;

/** How far one generator moved its images: one number for each sample and radius. */
final class DisplacementEvidence {
  private RangeSet seen = RangeSet.EMPTY;
  private final Map<Double, ResizableDoubleArray> byRadius = new TreeMap<>();
  private ProbabilisticModulus modulus;
  private long samples;

  /** Whether the result held a sample not seen before. */
  boolean add(SmoothnessResult result) {
    long before = samples;
    for (SmoothnessResult.Sample sample : result.samples()) {
      if (!seen.contains(sample.ordinal())) {
        seen = seen.plus(sample.ordinal());
        samples++;
        List<Double> displacements = sample.displacements();
        for (int i = 0; i < displacements.size(); i++) {
          byRadius
              .computeIfAbsent(result.radii().get(i), radius -> new ResizableDoubleArray())
              .addElement(displacements.get(i));
        }
      }
    }
    if (samples == before) {
      return false;
    }
    modulus = null;
    return true;
  }

  /** How many samples are known; empty before the first. */
  Optional<Long> samples() {
    return samples == 0 ? Optional.empty() : Optional.of(samples);
  }

  /** Empty before the first sample. */
  Optional<ProbabilisticModulus> modulus() {
    if (modulus == null && !byRadius.isEmpty()) {
      modulus =
          new ProbabilisticModulus(
              byRadius.keySet().stream().mapToDouble(Double::doubleValue).toArray(),
              byRadius.values().stream()
                  .map(ResizableDoubleArray::getElements)
                  .toArray(double[][]::new));
    }
    return Optional.ofNullable(modulus);
  }
}
