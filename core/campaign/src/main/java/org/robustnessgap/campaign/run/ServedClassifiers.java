package org.robustnessgap.campaign.run;

import java.nio.file.Path;
import java.util.List;
import org.robustnessgap.attack.query.QueriedClassifier;
import org.robustnessgap.attack.query.ServerUnavailableException;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.ModelIdentity;
import org.robustnessgap.messages.ModelReference;

/** Reaches classifiers that are no files: behind servers, and in registries. */
public interface ServedClassifiers {
  /** Where no others than files are reached. */
  ServedClassifiers NONE =
      new ServedClassifiers() {
        @Override
        public QueriedClassifier open(ModelReference classifier, List<Long> image) {
          throw refusal(classifier.location());
        }

        @Override
        public Registered fetch(String location) {
          throw refusal(location);
        }

        private InvalidInputException refusal(String location) {
          return new InvalidInputException(
              location + " is no file, and only files are read here; name an ONNX file.");
        }
      };

  /**
   * Opens a classifier that can only be asked, and asks it a few times.
   *
   * @param classifier one that is {@link ModelReference#served}
   * @param image shape of the images that it is to be asked about, unless its endpoint says
   *     otherwise
   * @throws ServerUnavailableException if its server does not answer now
   * @throws InvalidInputException if it is no classifier that can be asked, with the remedy
   */
  QueriedClassifier open(ModelReference classifier, List<Long> image);

  /**
   * The file that a registry holds.
   *
   * @param location {@code models:/name@alias} or {@code models:/name/version}
   * @throws ServerUnavailableException if the registry does not answer now
   * @throws InvalidInputException if it has no such model, or no ONNX file of it, with the remedy
   */
  Registered fetch(String location);

  /**
   * A registry's model.
   *
   * @param file on this machine; another one for every version
   * @param identity its version and digest
   */
  record Registered(Path file, ModelIdentity identity) {}
}
