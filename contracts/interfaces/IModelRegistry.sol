// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice Everything a study fixes for ever. A full data set has at most 48 segments, ceil(epochs * 2^datasetDepth / stepsPerSegment):
/// all proofs of an update fit in one transaction.
/// @param nameHash keccak256 of the study's name in UTF-8; unique
/// @param definitionDigest SHA-256 of the study's JSON definition, one raw IPFS block, so also its CID
/// @param updateVerifier Verifier of its TrainSegment and EncryptUpdate circuits
/// @param learningRate Integer in [1, 2^12), scale 2^10
/// @param batchSize Samples a batch: a power of two up to 32
/// @param stepsPerSegment SGD steps that one TrainSegment proof covers
/// @param epochs Passes over the data set in one round
/// @param datasetDepth Height of a data set's Merkle tree
/// @param members Size n of a round's committee, 2 to 7
/// @param threshold Key sums t that open a round, n/2 < t <= n
/// @param minUpdates Fewest updates that may be frozen; at least 3 off development chains
/// @param keySumVerifier Verifier of its KeySum circuit
/// @param keySumSlots Updates that one KeySum proof covers, 1 to 16
/// @param weightCount Trainable weights W, at most the ring degree
/// @param profileId Encryption profile, circuits/profiles
/// @param minSamples Fewest samples of a hospital's data set; at least 32 off development chains
/// @param minBatches Fewest batches of a hospital's data set; at least 4 off development chains
struct StudyParameters {
    bytes32 nameHash;
    bytes32 definitionDigest;
    address updateVerifier;
    uint16 learningRate;
    uint16 batchSize;
    uint16 stepsPerSegment;
    uint16 epochs;
    uint8 datasetDepth;
    uint8 members;
    uint8 threshold;
    uint8 minUpdates;
    address keySumVerifier;
    uint8 keySumSlots;
    uint16 weightCount;
    uint16 profileId;
    uint32 minSamples;
    uint16 minBatches;
}

/// @notice A study as stored.
/// @param parameters As given at its creation
/// @param trainVkHash TRAIN_VK_HASH() of the update verifier at that time
/// @param encryptVkHash ENCRYPT_VK_HASH() of the update verifier at that time
/// @param keySumVkHash VK_HASH() of the key sum verifier at that time
struct Study {
    StudyParameters parameters;
    bytes32 trainVkHash;
    bytes32 encryptVkHash;
    bytes32 keySumVkHash;
}

/// @notice One global model in a study's lineage.
/// @param commitment Poseidon commitment to its weights with salt 0, docs/PROTOCOL.md section 1
/// @param digest SHA-256 of its object on IPFS
/// @param parent The model it was trained from; 0 for a study's initial model
/// @param roundId The round that made it; 0 for a study's initial model
/// @param studyId Its study
struct Model {
    uint256 commitment;
    bytes32 digest;
    uint64 parent;
    uint64 roundId;
    uint64 studyId;
}

/// @title Studies and the lineage of their global models
/// @notice The owner creates studies; only the round manager appends models. Ids count from 1; 0 means none.
/// State from events: {StudyCreated} carries the whole study; every model, the initial one too, has a {ModelAppended}; a study's
/// current model is its latest.
interface IModelRegistry {
    /// @notice A study was created; the {ModelAppended} of its initial model follows in the same transaction.
    /// @param studyId Its id
    /// @param nameHash keccak256 of its name
    /// @param study All it fixes, verifying key hashes included
    event StudyCreated(uint256 indexed studyId, bytes32 indexed nameHash, Study study);

    /// @notice A model became the study's current global model.
    /// @param studyId The study
    /// @param modelId The new model's id
    /// @param roundId The round that made it; 0 for the initial model
    /// @param parent The model it was trained from; 0 for the initial model
    /// @param commitment Poseidon commitment to its weights, salt 0
    /// @param digest SHA-256 of its object on IPFS
    event ModelAppended(
        uint256 indexed studyId,
        uint256 indexed modelId,
        uint256 indexed roundId,
        uint256 parent,
        uint256 commitment,
        bytes32 digest
    );

    /// @notice The one contract that may append models was set, once for ever.
    event RoundManagerSet(address indexed roundManager);

    /// @notice Thrown when a required address is zero.
    error ModelRegistry__ZeroAddress();
    /// @notice Thrown when no study has this id.
    error ModelRegistry__NoStudy(uint256 studyId);
    /// @notice Thrown when no model has this id.
    error ModelRegistry__NoModel(uint256 modelId);
    /// @notice Thrown when the study's name is taken, or its hash zero (studyId 0).
    error ModelRegistry__Name(bytes32 nameHash, uint256 studyId);
    /// @notice Thrown when a digest that must name an IPFS object is zero.
    error ModelRegistry__ZeroDigest();
    /// @notice Thrown when an address is no verifier of its kind with non-zero hashes of its verification keys.
    error ModelRegistry__NotVerifier(address verifier);
    /// @notice Thrown when a verifier with a development key is used off a development chain.
    error ModelRegistry__DevelopmentVerifier(address verifier, uint256 chainId);
    /// @notice Thrown when the threshold t does not satisfy n/2 < t <= n, or n is outside 2 to 7.
    error ModelRegistry__Committee(uint256 members, uint256 threshold);
    /// @notice Thrown when the fewest updates are outside what the chain and the profile allow.
    error ModelRegistry__MinUpdates(uint256 minUpdates, uint256 least, uint256 most);
    /// @notice Thrown when a number is outside its range; `field` is its name in StudyParameters, or "segments" for those of
    /// a full data set, left aligned ASCII.
    error ModelRegistry__OutOfRange(bytes32 field, uint256 value, uint256 least, uint256 most);
    /// @notice Thrown when the batch size is no power of two.
    error ModelRegistry__BatchSize(uint256 batchSize);
    /// @notice Thrown when a model's commitment is not below the field order.
    error ModelRegistry__NotFieldElement(uint256 value);
    /// @notice Thrown when the round manager is already set.
    error ModelRegistry__RoundManagerAlreadySet(address roundManager);
    /// @notice Thrown when a caller other than the round manager appends.
    error ModelRegistry__NotRoundManager(address caller);
    /// @notice Thrown when a model is appended to another model than the current one.
    error ModelRegistry__StaleParent(uint256 parent, uint256 current);

    /// @notice Creates a study with its initial global model. Owner only.
    /// @param parameters All it fixes
    /// @param commitment Commitment to the initial weights, salt 0
    /// @param digest SHA-256 of the initial model's object on IPFS
    /// @return studyId The new study's id
    function createStudy(
        StudyParameters calldata parameters,
        uint256 commitment,
        bytes32 digest
    ) external returns (uint256 studyId);

    /// @notice Appends the model that a round made. Round manager only.
    /// @param studyId The study
    /// @param parent Must be its current model
    /// @param roundId The round
    /// @param commitment Commitment to the weights, salt 0
    /// @param digest SHA-256 of the model's object on IPFS
    /// @return modelId The new model's id
    function appendModel(
        uint256 studyId,
        uint256 parent,
        uint256 roundId,
        uint256 commitment,
        bytes32 digest
    ) external returns (uint256 modelId);

    /// @notice Names the round manager. Owner only, once.
    /// @param roundManager The contract
    function setRoundManager(address roundManager) external;

    /// @notice The study; reverts with ModelRegistry__NoStudy when there is none.
    function studyOf(uint256 studyId) external view returns (Study memory);

    /// @notice The study's parameters alone; reverts with ModelRegistry__NoStudy when there is none.
    function parametersOf(uint256 studyId) external view returns (StudyParameters memory);

    /// @notice Id of the study with this name hash; 0 when there is none.
    function studyIdOf(bytes32 nameHash) external view returns (uint256);

    /// @notice The model; reverts with ModelRegistry__NoModel when there is none.
    function modelOf(uint256 modelId) external view returns (Model memory);

    /// @notice Id of the study's current model; 0 when there is no such study.
    function currentModel(uint256 studyId) external view returns (uint256);

    /// @notice Number of studies; their ids are 1 to this.
    function studyCount() external view returns (uint256);

    /// @notice Number of models of all studies; their ids are 1 to this.
    function modelCount() external view returns (uint256);
}
