package org.robustnessgap.worker;

import java.util.List;
import org.robustnessgap.attack.query.QueriedClassifier;
import org.robustnessgap.campaign.run.ServedClassifiers;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.serving.ServedModels;

/** Classifiers that are no files, reached over the network. */
public final class ReachedModels implements ServedClassifiers {
  private final ServedModels served = new ServedModels();

  @Override
  public QueriedClassifier open(ModelReference classifier, List<Long> image) {
    return served.open(
        classifier,
        image.isEmpty() ? null : image,
        classifier.endpointOrStandard().queriesPerSecondOfJob());
  }

  @Override
  public Registered fetch(String location) {
    throw new InvalidInputException(location + " cannot be fetched yet; name an ONNX file.");
  }
}
