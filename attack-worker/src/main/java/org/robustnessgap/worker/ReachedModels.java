package org.robustnessgap.worker;

import java.util.List;
import org.robustnessgap.attack.query.QueriedClassifier;
import org.robustnessgap.campaign.run.ServedClassifiers;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.serving.ServedModels;
import org.robustnessgap.serving.mlflow.FetchedModel;
import org.robustnessgap.serving.mlflow.RegistryFromEnvironment;

/** Classifiers that are no files, reached over the network. */
public final class ReachedModels implements ServedClassifiers {
  private final ServedModels served = new ServedModels();
  private final RegistryFromEnvironment registry = new RegistryFromEnvironment(System.getenv());

  @Override
  public QueriedClassifier open(ModelReference classifier, List<Long> image) {
    return served.open(
        classifier,
        image.isEmpty() ? null : image,
        classifier.endpointOrStandard().queriesPerSecondOfJob());
  }

  @Override
  public Registered fetch(String location) {
    FetchedModel fetched = registry.reading(location).fetch(location);
    return new Registered(fetched.file(), fetched.identity());
  }
}
