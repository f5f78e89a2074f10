// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Profile} from "./generated/Profile.sol";
import {IModelRegistry, Model, Study, StudyParameters} from "./interfaces/IModelRegistry.sol";
import {IKeySumVerifier, IUpdateVerifier, IVerifier} from "./interfaces/IVerifier.sol";
import {DevelopmentChain} from "./libraries/DevelopmentChain.sol";

/// @title ModelRegistry
contract ModelRegistry is IModelRegistry, Ownable2Step {
    uint256 private constant MOST_MEMBERS = 7;
    uint256 private constant MOST_EPOCHS = 64;
    uint256 private constant MOST_STEPS_PER_SEGMENT = 64;
    uint256 private constant MOST_BATCH_SIZE = 32;
    uint256 private constant MOST_DATASET_DEPTH = 11;
    uint256 private constant MOST_KEY_SUM_SLOTS = 16;
    /// @dev An update is one transaction, of at most 2^24 gas (EIP-7825) and, as most nodes have it, 128 KiB.
    uint256 private constant MOST_SEGMENTS = 48;
    /// @dev With two updates, each hospital could subtract its own from the sum and read the other's.
    uint256 private constant LEAST_UPDATES = 3;
    /// @dev A model's change over few rows tells much of each of them.
    uint256 private constant LEAST_SAMPLES = 32;
    uint256 private constant LEAST_BATCHES = 4;

    /// @notice The only contract that may append models; zero until set.
    address public roundManager;

    /// @inheritdoc IModelRegistry
    uint256 public studyCount;
    /// @inheritdoc IModelRegistry
    uint256 public modelCount;
    /// @inheritdoc IModelRegistry
    mapping(bytes32 nameHash => uint256 studyId) public studyIdOf;
    /// @inheritdoc IModelRegistry
    mapping(uint256 studyId => uint256 modelId) public currentModel;

    mapping(uint256 studyId => Study) private _studies;
    mapping(uint256 modelId => Model) private _models;

    constructor(address owner) Ownable(owner) {}

    /// @inheritdoc IModelRegistry
    function setRoundManager(address manager) external onlyOwner {
        if (manager == address(0)) revert ModelRegistry__ZeroAddress();
        if (roundManager != address(0)) revert ModelRegistry__RoundManagerAlreadySet(roundManager);
        roundManager = manager;
        emit RoundManagerSet(manager);
    }

    /// @inheritdoc IModelRegistry
    function createStudy(
        StudyParameters calldata parameters,
        uint256 commitment,
        bytes32 digest
    ) external onlyOwner returns (uint256 studyId) {
        if (parameters.nameHash == bytes32(0) || studyIdOf[parameters.nameHash] != 0) {
            revert ModelRegistry__Name(parameters.nameHash, studyIdOf[parameters.nameHash]);
        }
        if (parameters.definitionDigest == bytes32(0)) revert ModelRegistry__ZeroDigest();
        _requireParameters(parameters);
        address updateVerifier = parameters.updateVerifier;
        address keySumVerifier = parameters.keySumVerifier;
        Study memory study = Study({
            parameters: parameters,
            trainVkHash: _keyHash(updateVerifier, IUpdateVerifier.TRAIN_VK_HASH.selector),
            encryptVkHash: _keyHash(updateVerifier, IUpdateVerifier.ENCRYPT_VK_HASH.selector),
            keySumVkHash: _keyHash(keySumVerifier, IKeySumVerifier.VK_HASH.selector)
        });
        _requireUsableKeys(updateVerifier);
        _requireUsableKeys(keySumVerifier);

        studyId = ++studyCount;
        studyIdOf[parameters.nameHash] = studyId;
        _studies[studyId] = study;
        emit StudyCreated(studyId, parameters.nameHash, study);
        _append(studyId, 0, 0, commitment, digest);
    }

    /// @inheritdoc IModelRegistry
    function appendModel(
        uint256 studyId,
        uint256 parent,
        uint256 roundId,
        uint256 commitment,
        bytes32 digest
    ) external returns (uint256 modelId) {
        if (msg.sender != roundManager) revert ModelRegistry__NotRoundManager(msg.sender);
        if (studyId == 0 || studyId > studyCount) revert ModelRegistry__NoStudy(studyId);
        if (parent != currentModel[studyId]) revert ModelRegistry__StaleParent(parent, currentModel[studyId]);
        return _append(studyId, parent, roundId, commitment, digest);
    }

    /// @inheritdoc IModelRegistry
    function studyOf(uint256 studyId) external view returns (Study memory) {
        if (studyId == 0 || studyId > studyCount) revert ModelRegistry__NoStudy(studyId);
        return _studies[studyId];
    }

    /// @inheritdoc IModelRegistry
    function parametersOf(uint256 studyId) external view returns (StudyParameters memory) {
        StudyParameters memory parameters = _studies[studyId].parameters;
        // Every study has a name.
        if (parameters.nameHash == bytes32(0)) revert ModelRegistry__NoStudy(studyId);
        return parameters;
    }

    /// @inheritdoc IModelRegistry
    function modelOf(uint256 modelId) external view returns (Model memory) {
        if (modelId == 0 || modelId > modelCount) revert ModelRegistry__NoModel(modelId);
        return _models[modelId];
    }

    function _append(
        uint256 studyId,
        uint256 parent,
        uint256 roundId,
        uint256 commitment,
        bytes32 digest
    ) private returns (uint256 modelId) {
        if (commitment >= Profile.FIELD_ORDER) revert ModelRegistry__NotFieldElement(commitment);
        if (digest == bytes32(0)) revert ModelRegistry__ZeroDigest();
        modelId = ++modelCount;
        _models[modelId] = Model({
            commitment: commitment,
            digest: digest,
            parent: uint64(parent),
            roundId: uint64(roundId),
            studyId: uint64(studyId)
        });
        currentModel[studyId] = modelId;
        emit ModelAppended(studyId, modelId, roundId, parent, commitment, digest);
    }

    function _requireParameters(StudyParameters calldata study) private view {
        uint256 n = study.members;
        uint256 t = study.threshold;
        if (n < 2 || n > MOST_MEMBERS || 2 * t <= n || t > n) revert ModelRegistry__Committee(n, t);

        bool isDevelopment = DevelopmentChain.isCurrent();
        uint256 leastUpdates = isDevelopment ? 1 : LEAST_UPDATES;
        if (study.minUpdates < leastUpdates || study.minUpdates > Profile.MAX_UPDATES) {
            revert ModelRegistry__MinUpdates(study.minUpdates, leastUpdates, Profile.MAX_UPDATES);
        }

        uint256 batchSize = study.batchSize;
        _requireRange("batchSize", batchSize, 1, MOST_BATCH_SIZE);
        if (batchSize & (batchSize - 1) != 0) revert ModelRegistry__BatchSize(batchSize);
        _requireRange("learningRate", study.learningRate, 1, Profile.MAX_LEARNING_RATE);
        _requireRange("stepsPerSegment", study.stepsPerSegment, 1, MOST_STEPS_PER_SEGMENT);
        _requireRange("epochs", study.epochs, 1, MOST_EPOCHS);
        _requireRange("datasetDepth", study.datasetDepth, 1, MOST_DATASET_DEPTH);
        uint256 mostSteps = uint256(study.epochs) << study.datasetDepth;
        uint256 segments = (mostSteps + study.stepsPerSegment - 1) / study.stepsPerSegment;
        _requireRange("segments", segments, 1, MOST_SEGMENTS);
        _requireRange("keySumSlots", study.keySumSlots, 1, MOST_KEY_SUM_SLOTS);
        _requireRange("weightCount", study.weightCount, 1, Profile.RING_DEGREE);
        _requireRange("profileId", study.profileId, Profile.ID, Profile.ID);
        uint256 mostBatches = 1 << study.datasetDepth;
        _requireRange("minSamples", study.minSamples, isDevelopment ? 1 : LEAST_SAMPLES, mostBatches * batchSize);
        _requireRange("minBatches", study.minBatches, isDevelopment ? 1 : LEAST_BATCHES, mostBatches);
    }

    function _requireRange(bytes32 field, uint256 value, uint256 least, uint256 most) private pure {
        if (value < least || value > most) revert ModelRegistry__OutOfRange(field, value, least, most);
    }

    function _requireUsableKeys(address verifier) private view {
        bool developmentOnly = _readWord(verifier, IVerifier.DEVELOPMENT_ONLY.selector) != bytes32(0);
        if (developmentOnly && !DevelopmentChain.isCurrent()) {
            revert ModelRegistry__DevelopmentVerifier(verifier, block.chainid);
        }
    }

    function _keyHash(address verifier, bytes4 selector) private view returns (bytes32 hash) {
        hash = _readWord(verifier, selector);
        if (hash == bytes32(0)) revert ModelRegistry__NotVerifier(verifier);
    }

    /// @dev A low-level call, so that an account without code or without the function gets our error, not an empty revert.
    function _readWord(address verifier, bytes4 selector) private view returns (bytes32) {
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, bytes memory answer) = verifier.staticcall(abi.encodePacked(selector));
        if (!success || answer.length != 32) revert ModelRegistry__NotVerifier(verifier);
        return abi.decode(answer, (bytes32));
    }
}
